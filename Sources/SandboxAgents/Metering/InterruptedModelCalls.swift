package import SandboxCore

/// Model calls that were in flight when an earlier run of the session died.
package enum InterruptedModelCalls {
  /// Settles them before anything else is called: nobody knows whether they were billed, so each is charged in full. The
  /// steps they belonged to are asked again as further attempts.
  ///
  /// - Returns: how many there were.
  @discardableResult
  package static func settle(in log: SessionLog) async throws(SandboxError) -> Int {
    try await log.transact { state throws(SandboxError) in
      let calls = state.modelCalls.values.filter { $0.status == .executing }.map(\.started)
      let error = ErrorRecord(code: .unavailable, message: "the runtime stopped while the call was in flight")
      let events = calls.sorted { $0.callID < $1.callID }.map { call in
        SessionEvent.modelCallFailed(
          ModelCallFailed(
            callID: call.callID, taskID: call.taskID, error: error, charged: call.reservation, willRetry: true))
      }
      return (events, calls.count)
    }
  }
}
