package import SandboxCore

/// Tool calls that were in flight when an earlier run of the session died.
package enum InterruptedToolCalls {
  /// Records for each that nobody knows whether it took effect, and charges what it had reserved.
  package static func settle(in log: SessionLog) async throws(SandboxError) {
    try await log.transact { state throws(SandboxError) in
      let calls = state.executions.values.filter { $0.status == .executing }.sorted { $0.id < $1.id }
      let events = calls.map { call in
        SessionEvent.toolCallCompleted(
          .unknown(
            call.id, call.taskID, message: ToolCallCompleted.unknownOutcome(of: call.toolID),
            charged: state.budget.reservations[call.id]?.amount.cost ?? .zero))
      }
      return (events, ())
    }
  }
}
