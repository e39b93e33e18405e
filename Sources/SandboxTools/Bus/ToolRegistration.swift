import SandboxCore

/// A tool on the bus with everything that its calls need.
struct ToolRegistration: Sendable {
  let definition: ToolDefinition
  let executor: any ToolExecutor
  let schema: JSONSchema
  let rate: ToolRateLimiter?
}
