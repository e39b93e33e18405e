import SandboxCore

extension Finalizer {
  private var environment: SessionEnvironment { manager.environment }

  /// Writes the final artifacts under their names; one that cannot be written is told and stays in the blob store.
  func writeArtifacts(of artifacts: [Artifact]) async {
    for artifact in artifacts {
      do {
        try await environment.reports.artifact(artifact.name, try await environment.blobs.get(artifact.content))
      } catch {
        environment.notice(
          .init(.error, "artifact \(artifact.name) cannot be written: \(SandboxError.wrap(error).description)"))
      }
    }
  }

  func queueResults(answer: String, stop: StopReason?) async throws(SandboxError) {
    try await environment.log.transact { state in
      guard let session = state.session, !state.hasQueued("results") else { return ([], ()) }
      let outcome = Outcome(stop: stop, failedTasks: state.unrecoveredFailures.count, isSynced: true)
      let delivery = ResultDelivery(
        sessionID: session.sessionID, workspaceID: session.workspaceID, answer: answer, artifacts: state.artifacts,
        metrics: state.finalMetrics, outcome: outcome.name, error: stop?.detail)
      let item = OutboxItem(
        id: "results", idempotencyKey: "\(session.sessionID)/results", payload: .results(delivery))
      return ([.outboxQueued(item)], ())
    }
  }

  /// Lets the updates that wait reach the cloud, for a moment. No earlier one may arrive after the results, which can be
  /// the end for a deployment, or after the terminal one.
  func finishStatus() async {
    let patience: Duration = environment.stop.reason == nil ? .seconds(5) : .seconds(2)
    let deadline = Deadline(after: min(patience, syncWindow), time: environment.time)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [status = manager.status] in _ = await status.finish(deadline: deadline) }
      group.addTask { [hurry = environment.hurry] in _ = await hurry.waitForStop() }
      await group.next()
      group.cancelAll()
    }
  }

  /// Delivers what the outbox holds. Once the session is asked to stop, only as long as the grace time allows; a second
  /// signal ends it at once.
  func drain() async -> Bool {
    let drain = OutboxDrain(
      log: environment.log, endpoint: environment.endpoint, blobs: environment.blobs, time: environment.time)
    let window = syncWindow
    return await withTaskGroup(of: Bool?.self) { group in
      group.addTask { await drain.deliverPending(deadline: Deadline(after: window, time: environment.time)) }
      group.addTask { [stop = environment.stop] in
        if stop.reason == nil { _ = await stop.waitForStop() }
        try? await environment.time.sleep(syncWindow)
        return nil
      }
      group.addTask { [hurry = environment.hurry] in
        _ = await hurry.waitForStop()
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      var result = first
      for await late in group where late != nil { result = late }
      return result ?? false
    }
  }

  /// How long sync may take now: a minute while nobody waits, else what the grace time leaves, less a second for the
  /// last reports.
  var syncWindow: Duration {
    guard let elapsed = environment.stop.elapsed else { return .seconds(60) }
    return max(.milliseconds(200), environment.configuration.shutdownGrace - elapsed - .milliseconds(1_200))
  }
}
