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
  let blobs: FileBlobStore
  let endpoint: any CloudEndpoint
  /// What an earlier run has left.
  let state: SessionState

  /// - Throws: `.conflict` when a live process owns the session, `.io` when the state directory cannot be used.
  static func open(
    _ configuration: RunConfiguration, endpoint: any CloudEndpoint, createIfMissing: Bool = true
  ) async throws(SandboxError) -> OpenedSession {
    let directory = try await SessionDirectory.open(
      stateDirectory: configuration.stateDirectory, session: configuration.session.sessionID,
      createIfMissing: createIfMissing)
    do throws(SandboxError) {
      let journal = try await SQLiteJournal.open(directory: directory.path, createIfMissing: createIfMissing)
      let state = directory.isNew ? SessionState() : SessionState.fold(try await journal.records())
      return OpenedSession(
        directory: directory, journal: journal, blobs: FileBlobStore(directory: directory.paths.blobs),
        endpoint: endpoint, state: state)
    } catch {
      directory.close()
      throw error
    }
  }

  /// Runs the session, or finishes what an earlier run of it has left undone.
  func run(
    _ configuration: RunConfiguration, transport: AsyncHTTPTransport, process: ProcessContext, logger: Logger,
    isInteractive: Bool
  ) async -> ExitCode {
    if let outcome = state.lifecycle.outcome { return await deliverAgain(outcome, logger) }
    guard state.sequence == 0 else {
      StandardError.write(
        "sandbox-entry: session \(directory.sessionID) was interrupted, and resuming is not available in this version; "
          + "start it under another SESSION_ID, its journal stays in \(directory.path)")
      return .config
    }
    let runner = SessionRunner(
      opened: self, configuration: configuration, transport: transport, process: process, logger: logger,
      isInteractive: isInteractive)
    return await runner.run()
  }

  func close() async {
    do {
      try await journal.close()
    } catch {
      StandardError.write("sandbox-entry: \(error.description)")
    }
    directory.close()
  }

  /// A session that has ended drains its outbox and ends with its code again.
  func deliverAgain(_ outcome: Outcome, _ logger: Logger) async -> ExitCode {
    guard outcome.exitCode == .unsynced || !state.isFullyAcknowledged else {
      logger.info("session \(directory.sessionID) has ended already: \(outcome.name)")
      return outcome.exitCode
    }
    let log = SessionLog(journal: journal, resuming: state, time: .system)
    let drain = OutboxDrain(log: log, endpoint: endpoint, blobs: blobs, time: .system)
    let isDelivered = await drain.deliverPending(deadline: Deadline(after: .seconds(60), time: .system))
    guard isDelivered else {
      let reason = log.read { $0.outbox.last { $0.error != nil }?.error?.message } ?? "it did not answer"
      StandardError.write("sandbox-entry: \(endpoint.name) has not acknowledged the results: \(reason)")
      return outcome.exitCode
    }
    logger.info("session \(directory.sessionID): everything is delivered to \(endpoint.name)")
    return outcome.exitCode == .unsynced ? .completed : outcome.exitCode
  }
}
