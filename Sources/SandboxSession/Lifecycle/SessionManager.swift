package import SandboxCore
import SandboxTools

/// Runs one session from boot to its last report. It owns everything by scope, never throws, and ends with an outcome:
/// that is data, from which the exit code follows.
///
/// Cancelling the task that runs it is not how a session is stopped: `StopControl.requestStop` is. Finishing happens in
/// a scope that no stop reaches, and within a time of its own.
package struct SessionManager: Sendable {
  let environment: SessionEnvironment
  let lifecycle: LifecycleControl
  let status: StatusReporter
  let document: StatusDocument

  package init(environment: SessionEnvironment, document: StatusDocument) {
    self.environment = environment
    self.document = document
    status = StatusReporter(
      endpoint: environment.endpoint, time: environment.time,
      onFailure: { [notice = environment.notice] in
        notice(.init(.warning, "the cloud was not told '\($0.phase.rawValue)': \($1.message)"))
      })
    lifecycle = LifecycleControl(
      log: environment.log, session: environment.configuration.sessionID, time: environment.time, status: status,
      writeStatus: { [environment] in await Self.writeStatus(environment, document, isFinal: false) })
  }

  package func run() async -> Outcome {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await status.run() }
      group.addTask { await keepStatusFresh() }
      let outcome = await session()
      group.cancelAll()
      return outcome
    }
  }

  private func session() async -> Outcome {
    let deadline = SessionDeadline(environment.configuration.limits.maxDuration, time: environment.time)
    var work: Work?
    var connections: MCPConnections?
    var result: Result<String, SandboxError>
    do {
      let prepared = try await boot(deadline, opening: &connections)
      work = prepared
      result = await perform(prepared, deadline)
    } catch {
      result = .failure(error)
    }
    // Servers take their time to end, in which the results can be delivered.
    async let closed: Void? = connections?.shutdown()
    let outcome = await Finalizer(manager: self, work: work, deadline: deadline).finish(result)
    await closed
    return outcome
  }

  /// Writes `status.json` each second, also when nothing happens; a transition writes it at once by itself.
  private func keepStatusFresh() async {
    while !Task.isCancelled {
      do { try await environment.time.sleep(.seconds(1)) } catch { return }
      await writeStatus(isFinal: false)
    }
  }

  func writeStatus(isFinal: Bool, ending: Outcome? = nil) async {
    await Self.writeStatus(environment, document, isFinal: isFinal, ending: ending)
  }

  private static func writeStatus(
    _ environment: SessionEnvironment, _ document: StatusDocument, isFinal: Bool, ending: Outcome? = nil
  ) async {
    let json = document.json(of: environment.log.current, now: environment.time.wallMilliseconds(), ending: ending)
    do {
      try await environment.reports.status(json, isFinal)
    } catch {
      environment.notice(.init(.error, "status.json cannot be written: \(SandboxError.wrap(error).description)"))
    }
  }
}
