extension ToolCallCompleted {
  /// The record of a call that was under way when the runtime stopped: it must not be repeated, and nobody knows whether it
  /// took effect.
  ///
  /// - Parameter message: as ``unknownOutcome(of:)``, with whatever else there is to say.
  package static func unknown(
    _ call: CallID, _ task: TaskID, message: String, charged: Money
  ) -> ToolCallCompleted {
    ToolCallCompleted(
      callID: call, taskID: task, status: .unknown, output: "",
      error: ErrorRecord(code: .unavailable, message: message), cost: charged, outputBytes: 0, isTruncated: false,
      durationMilliseconds: 0)
  }

  /// What the model is told.
  package static func unknownOutcome(of tool: ToolID) -> String {
    "The outcome of this call of \(tool) is unknown: the runtime stopped while it was under way. It was not repeated. "
      + "Find out whether it took effect before you call it again."
  }
}
