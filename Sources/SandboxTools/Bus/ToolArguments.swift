import SandboxCore
import SandboxSchema

/// Reads the arguments that a model wrote for a tool.
enum ToolArguments {
  private static let limits = JSONLimits(depth: 64, size: 4 << 20)

  /// The arguments as an object; no text at all is an empty one.
  static func parse(_ text: String, for tool: ToolDefinition) throws(SandboxError) -> JSONValue {
    if text.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }) { return .object([:]) }
    let value: JSONValue
    do throws(SandboxError) {
      value = try JSONValue(parsing: text, limits: limits)
    } catch {
      throw SandboxError(
        .invalidArgument, "Invalid arguments for \(tool.id): \(error.message). Send one JSON object.")
    }
    guard case .object = value else {
      throw SandboxError(
        .invalidArgument, "Invalid arguments for \(tool.id): expected an object, found \(value.typeName)")
    }
    return value
  }

  static func validate(_ arguments: JSONValue, for tool: ToolRegistration) throws(SandboxError) {
    let violations = tool.schema.validate(arguments)
    guard !violations.isEmpty else { return }
    let list = violations.map(\.description).joined(separator: "; ")
    throw SandboxError(.invalidArgument, "Invalid arguments for \(tool.definition.id): \(list)")
  }
}
