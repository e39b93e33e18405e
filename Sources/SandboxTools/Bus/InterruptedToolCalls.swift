package import SandboxCore

/// Tool calls that were in flight when an earlier run of the session died.
package enum InterruptedToolCalls {
  /// Records for each that nobody knows whether it took effect, and charges what it had reserved.
  package static func settle(in log: SessionLog) async throws(SandboxError) {
    try await log.transact { state throws(SandboxError) in
      let calls = state.executions.values.filter { $0.status == .executing }.sorted { $0.id < $1.id }
      let events = calls.map { call in
        let message =
          "The outcome of this call of \(call.toolID) is unknown: the runtime died while it was under way. It was not "
          + "repeated."
        return SessionEvent.toolCallCompleted(
          ToolCallCompleted(
            callID: call.id, taskID: call.taskID, status: .unknown, output: "",
            error: ErrorRecord(code: .unavailable, message: message),
            cost: state.budget.reservations[call.id]?.amount.cost ?? .zero,
            outputBytes: 0, isTruncated: false, durationMilliseconds: 0))
      }
      return (events, ())
    }
  }
}
