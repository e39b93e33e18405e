import Glibc
import Logging
import SandboxCloud
import SandboxCore
import SandboxIO
import SandboxSession
import SandboxStore

/// A session's folder, lock and journal, open and ours.
struct OpenedSession {
  let directory: SessionDirectory
  let journal: SQLiteJournal
  let blobs: any BlobStore
  let redactor: Redactor
  let endpoint: any CloudEndpoint
  /// What an earlier run has left.
  let state: SessionState

  /// - Throws: `.conflict` when a live process owns the session, `.io` when the state directory cannot be used.
  static func open(
    _ configuration: RunConfiguration, endpoint: any CloudEndpoint, createIfMissing: Bool = true
  ) async throws(SandboxError) -> OpenedSession {
    let directory = try await SessionDirectory.open(
      stateDirectory: configuration.stateDirectory, session: configuration.session.sessionID,
      createIfMissing: createIfMissing, redactor: configuration.redactor)
    do throws(SandboxError) {
      let journal = try await SQLiteJournal.open(directory: directory.path, createIfMissing: createIfMissing)
      let state = directory.isNew ? SessionState() : SessionState.fold(try await journal.records())
      return OpenedSession(
        directory: directory, journal: journal,
        blobs: RedactingBlobStore(
          FileBlobStore(directory: directory.paths.blobs), redactor: configuration.redactor),
        redactor: configuration.redactor, endpoint: endpoint, state: state)
    } catch {
      directory.close()
      throw error
    }
  }

  /// Runs the session, or finishes what an earlier run of it has left undone.
  func run(
    _ configuration: RunConfiguration, transport: AsyncHTTPTransport, process: ProcessContext, logger: Logger,
    isInteractive: Bool, isolation: Isolation
  ) async -> ExitCode {
    if let outcome = state.lifecycle.outcome {
      return await deliverAgain(outcome, stop: process.stop, logger)
    }
    let crash = process.guardLink.flatMap(Self.crash)
    guard state.sequence == 0 || crash != nil else {
      StandardError.write(
        "sandbox-entry: session \(directory.sessionID) was interrupted, and resuming is not available in this version; "
          + "start it under another SESSION_ID, its journal stays in \(directory.path)")
      return .config
    }
    let runner = SessionRunner(
      opened: self, configuration: configuration, transport: transport, process: process, logger: logger,
      isInteractive: isInteractive, isolation: isolation)
    return await runner.run(concluding: state.sequence == 0 ? nil : crash)
  }

  /// Why the session that this runtime was started again for has to end.
  private static func crash(_ link: GuardLink) -> StopReason? {
    guard let signal = link.endedBySignal else { return nil }
    let detail = "the runtime was ended by signal \(signal)"
    switch link.stopSignal {
    case SIGHUP: return StopReason(.hangup, "SIGHUP; \(detail)")
    case SIGINT: return StopReason(.interrupt, "SIGINT; \(detail)")
    case .some: return StopReason(.terminate, "SIGTERM; \(detail)")
    case nil:
      return StopReason(
        .internalError,
        "\(detail), and resuming is not available in this version; start the request again under "
          + "another SESSION_ID")
    }
  }

  func close() async {
    do {
      try await journal.close()
    } catch {
      StandardError.write("sandbox-entry: \(error.description)")
    }
    directory.close()
  }

  /// A session that has ended drains its outbox and ends with its code again; one that was only not delivered is then
  /// complete, and its reports say so.
  func deliverAgain(_ outcome: Outcome, stop: StopControl, _ logger: Logger) async -> ExitCode {
    guard !state.isFullyAcknowledged else {
      let settled = Outcome(stop: outcome.stop, failedTasks: outcome.failedTasks, isSynced: true)
      logger.info("session \(directory.sessionID) has ended already: \(settled.name)")
      return settled.exitCode
    }
    let log = SessionLog(journal: journal, resuming: state, time: .system, redactor: redactor)
    guard await drain(log, stop) else {
      if let reason = stop.reason { return Outcome(stop: reason, isSynced: false).exitCode }
      let reason = log.read { $0.outbox.last { $0.error != nil }?.error?.message } ?? "it did not answer"
      StandardError.write("sandbox-entry: \(endpoint.name) has not acknowledged the results: \(reason)")
      return outcome.exitCode
    }
    logger.info("session \(directory.sessionID): everything is delivered to \(endpoint.name)")
    let settled = Outcome(stop: outcome.stop, failedTasks: outcome.failedTasks, isSynced: true)
    await report(settled, log.current)
    return settled.exitCode
  }

  private func drain(_ log: SessionLog, _ stop: StopControl) async -> Bool {
    let drain = OutboxDrain(log: log, endpoint: endpoint, blobs: blobs, time: .system)
    return await withTaskGroup(of: Bool.self) { group in
      group.addTask { await drain.deliverPending(deadline: Deadline(after: .seconds(60), time: .system)) }
      group.addTask {
        _ = await stop.waitForStop()
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
  }

  /// Replaces the reports by what holds now that everything has been delivered.
  private func report(_ outcome: Outcome, _ state: SessionState) async {
    // What its tools were held back by is what it was when they ran.
    let written = try? JSONValue(parsing: try BoundedFile.read(directory.paths.status, limit: 1 << 20))
    let isolation = written?["isolation"] ?? .null
    let document = StatusDocument(endpoint: endpoint.name, isolation: isolation, processID: getpid())
    let answer = state.blackboard["session"]?["final_result"]?.value.stringValue ?? ""
    do {
      try await directory.writeResult(ResultDocument.json(of: state, outcome: outcome, answer: answer))
      try await directory.writeStatus(
        document.json(of: state, now: TimeSource.system.wallMilliseconds(), ending: outcome), isDurable: true)
    } catch {
      StandardError.write("sandbox-entry: the reports cannot be written: \(error.description)")
    }
  }
}
