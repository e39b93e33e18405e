import SandboxAgents
package import SandboxCore
import SandboxTools

extension SessionManager {
  /// Ends a session whose runtime died: what was in flight gets an outcome that says so, what is there is delivered, and
  /// the reason is on record. Nothing new is started.
  package func conclude(_ reason: StopReason) async -> Outcome {
    environment.stop.requestStop(reason)
    return await withTaskGroup(of: Void.self) { group in
      group.addTask { await status.run() }
      let outcome = await settleAndFinish(reason)
      group.cancelAll()
      return outcome
    }
  }

  private func settleAndFinish(_ reason: StopReason) async -> Outcome {
    let deadline = SessionDeadline(environment.configuration.limits.maxDuration, time: environment.time)
    var result: Result<String, SandboxError> = .failure(SandboxError(.internalError, reason.detail))
    do throws(SandboxError) {
      try await InterruptedModelCalls.settle(in: environment.log)
      try await InterruptedToolCalls.settle(in: environment.log)
    } catch {
      result = .failure(error)
    }
    return await Finalizer(manager: self, work: nil, deadline: deadline).finish(result)
  }
}
