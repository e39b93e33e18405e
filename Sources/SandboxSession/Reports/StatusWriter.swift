import SandboxCore
import Synchronization

/// Writes `status.json`, one state after another: an older one never replaces a newer one, and nothing the last.
final class StatusWriter: Sendable {
  private let environment: SessionEnvironment
  private let document: StatusDocument
  let turn = PermitGate(permits: 1)
  private let isFinished = Atomic(false)

  init(_ environment: SessionEnvironment, _ document: StatusDocument) {
    self.environment = environment
    self.document = document
  }

  /// Writes the state as it is when it is this call's turn. A failure is a notice.
  func write() async {
    try? await turn.withPermit {
      if !isFinished.load(ordering: .acquiring) { await replace(isFinal: false, ending: nil) }
    }
  }

  /// Writes the last status, durably, also when the task is cancelled.
  func writeLast(_ ending: Outcome) async {
    isFinished.store(true, ordering: .releasing)
    // A task of its own, because only one that is not cancelled gets a turn.
    await Task { try? await turn.withPermit { await replace(isFinal: true, ending: ending) } }.value
  }

  private func replace(isFinal: Bool, ending: Outcome?) async {
    let json = document.json(of: environment.log.current, now: environment.time.wallMilliseconds(), ending: ending)
    do {
      try await environment.reports.status(json, isFinal)
    } catch {
      environment.notice(.init(.error, "status.json cannot be written: \(SandboxError.wrap(error).description)"))
    }
  }
}
