import SandboxCore
import SandboxSchema

/// A tool on the bus with everything that its calls need.
struct ToolRegistration: Sendable {
  let definition: ToolDefinition
  let executor: any ToolExecutor
  let schema: JSONSchema
  let returns: ToolReturns?
  let rate: ToolRateLimiter?
  let group: ToolGroup

  /// - Throws: `.invalidArgument` or `.unsupported` for a schema that cannot be checked.
  init(_ definition: ToolDefinition, _ executor: any ToolExecutor, _ group: ToolGroup) throws(SandboxError) {
    self.definition = definition
    self.executor = executor
    self.group = group
    rate = definition.rateLimit.map(ToolRateLimiter.init)
    do throws(SandboxError) {
      schema = try JSONSchema(compiling: definition.parameters)
    } catch {
      throw SandboxError(error.code, "tool \(definition.id): \(error.message)", cause: error.cause)
    }
    do throws(SandboxError) {
      returns = if let returns = definition.returns { try ToolReturns(compiling: returns) } else { nil }
    } catch {
      throw SandboxError(error.code, "tool \(definition.id): what it returns: \(error.message)", cause: error.cause)
    }
  }
}
