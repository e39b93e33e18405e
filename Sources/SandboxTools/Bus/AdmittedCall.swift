import SandboxCore

/// A call that may be made: its tool is known and its arguments fit.
struct AdmittedCall: Sendable {
  let call: ToolCall
  let tool: ToolRegistration
  let arguments: JSONValue
  let failureKey: RepeatedFailures.Key

  var definition: ToolDefinition { tool.definition }
  var traits: ToolDefinition.Traits { tool.definition.traits }
}
