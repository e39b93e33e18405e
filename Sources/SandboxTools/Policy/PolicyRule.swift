struct PolicyRule: Sendable {
  let id: String
  let match: PolicyMatch
  let action: Policy.Action
  let reason: String?

  /// The owner's reason as the end of a sentence.
  var explanation: String {
    guard let reason else { return "." }
    return reason.hasSuffix(".") || reason.hasSuffix("!") ? ": \(reason)" : ": \(reason)."
  }
}
