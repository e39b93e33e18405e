package import SandboxCore

/// A tool as its manifest describes it, checked and in the present shape.
package struct ToolManifest: Sendable, Hashable {
  package let id: ToolID
  package let name: String
  package let version: String
  package let kind: Kind
  package let description: String
  package let category: String
  /// JSON Schema of the arguments; its `type` is `object`.
  package let parameters: JSONValue
  package let returns: JSONValue?
  package let examples: [JSONValue]
  package let rateLimit: ToolDefinition.RateLimit?
  package let costPerRequest: Money
  package let effect: ToolEffect
  package let approval: Approval
  /// Ids or names of tools that may do instead.
  package let fallback: [String]
  /// Paths outside the call's own folder that the tool changes.
  package let writes: [String]
  package let file: String
  /// The manifest's place in the file.
  package let pointer: JSONPointer

  package enum Kind: Sendable, Hashable {
    case builtin(handler: String)
    case command(CommandSpec)
  }

  package enum Approval: String, Sendable, Hashable, CaseIterable {
    case never, always
    case onDestructive = "on-destructive"
  }

  /// What the bus needs to know of it.
  ///
  /// - Parameter traits: what the tool's handler says about itself.
  package func definition(traits: ToolDefinition.Traits = []) -> ToolDefinition {
    var timeout: Duration?
    if case .command(let command) = kind { timeout = command.timeout }
    return ToolDefinition(
      id: id, name: name, version: version, description: description, category: category, parameters: parameters,
      returns: returns, effect: effect, rateLimit: rateLimit, costPerRequest: costPerRequest, timeout: timeout,
      traits: traits, source: file)
  }
}
