internal import SandboxCore

extension ConvexFunctions.Fields {
  /// `finalMetadata`: exactly the fields that `syncResults` takes. Money is dollars, time milliseconds.
  func finalMetadata(of results: ResultDelivery) -> JSONValue {
    let metrics = results.metrics
    var fields: JSONObject = [
      "totalTokensUsed": .int(Int64(metrics.totalTokensUsed)), "totalCost": .double(metrics.totalCost.dollars),
    ]
    switch self {
    case .seed:
      fields["toolExecutions"] = .int(Int64(metrics.toolExecutions))
      fields["toolErrors"] = .int(Int64(metrics.toolErrors))
      fields["duration"] = .int(metrics.durationMilliseconds)
      fields["tasksCompleted"] = .int(Int64(metrics.tasksCompleted))
      fields["tasksFailed"] = .int(Int64(metrics.tasksFailed))
    case .origin:
      if let error = results.error { fields["errorDetails"] = .string(error) }
    }
    return .object(fields)
  }
}
