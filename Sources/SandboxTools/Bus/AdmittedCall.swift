import SandboxCore

/// A call that may be made: its tool is known, its arguments fit, and the policy allows it.
struct AdmittedCall: Sendable {
  let chain: FallbackChain
  let tool: ToolRegistration
  let arguments: JSONValue
  let failureKey: RepeatedFailures.Key

  var call: ToolCall { chain.call }
  var definition: ToolDefinition { tool.definition }
  var traits: ToolDefinition.Traits { tool.definition.traits }
  var breaker: ToolDefinition.Breaker { tool.definition.breaker ?? .standard }

  /// The time after which a second attempt may be started beside the first.
  var hedge: Duration? {
    definition.effect == .pure && !traits.contains(.unmetered) && !traits.contains(.untimed) ? definition.hedge : nil
  }
}
