import SandboxCore
import Synchronization

extension ToolBus {
  private enum Ending: Sendable {
    case ended(Result<ToolOutput, SandboxError>)
    /// The second attempt was not needed any more, or not allowed.
    case notSent
    case secondIsDue
    case timerStopped
  }

  /// Starts a second attempt when the first has given nothing after a while. The first success wins; the other is
  /// cancelled and awaited. The second takes its own permit, and its own place in the tool's rate.
  nonisolated func sendTwice(
    _ invocation: ToolInvocation, _ admitted: AdmittedCall, after hedge: Duration
  ) async -> Attempt {
    await withTaskGroup(of: Ending.self) { group in
      group.addTask { .ended(await self.outcome(of: invocation, admitted)) }
      group.addTask { [time] in
        do {
          try await time.sleep(hedge)
          return .secondIsDue
        } catch {
          return .timerStopped
        }
      }
      let isSecondSent = Flag()
      var running = 1
      var charged = 0
      var success: ToolOutput?
      var failure: SandboxError?
      for await ending in group {
        switch ending {
        case .ended(let result):
          running -= 1
          charged += Attempt(result).charged
          switch result {
          case .success(let output):
            success = success ?? output
            group.cancelAll()
          case .failure(let error):
            failure = failure ?? error
            // It would wait for the permit that this call holds.
            if !isSecondSent.isRaised { group.cancelAll() }
          }
        case .notSent: running -= 1
        case .secondIsDue where running == 1:
          running += 1
          group.addTask { await self.sendSecond(invocation, admitted, isSecondSent) }
        case .secondIsDue, .timerStopped: break
        }
        if running == 0 { group.cancelAll() }
      }
      if let success { return Attempt(.success(success), charged: charged) }
      let none = SandboxError(.internalError, "an attempt ended without a result")
      return Attempt(.failure(failure ?? none), charged: charged)
    }
  }

  nonisolated private func sendSecond(
    _ first: ToolInvocation, _ admitted: AdmittedCall, _ isSent: Flag
  ) async -> Ending {
    // An id of its own: what the first one leaves behind is found by its id.
    let invocation = ToolInvocation(
      callID: CallID("\(first.callID).h"), taskID: first.taskID, agentID: first.agentID, definition: first.definition,
      arguments: first.arguments, attempt: first.attempt, timeout: first.timeout,
      redirects: first.redirects, redactor: first.redactor, admitRequest: first.admitRequest, progress: first.progress)
    do throws(SandboxError) {
      return try await withPermits(admitted) { () async throws(SandboxError) in
        try await waitForRate(admitted)
        isSent.raise()
        return .ended(await outcome(of: invocation, admitted))
      }
    } catch {
      return .notSent
    }
  }
}

/// Something that happens once.
private final class Flag: Sendable {
  private let value = Atomic(false)

  var isRaised: Bool { value.load(ordering: .acquiring) }

  func raise() { value.store(true, ordering: .releasing) }
}
