import SandboxCore
import SandboxSchema

/// What a tool says that it returns, to check what it did return.
struct ToolReturns: Sendable {
  private let schema: JSONSchema
  /// Whether plain text is a value that fits.
  private let isText: Bool
  private let isTyped: Bool

  /// Larger output is not checked: what fits would cost more work than a check may, and a model reads only a part of it.
  private static let checkedBytes = 256 << 10

  init(compiling schema: JSONValue) throws(SandboxError) {
    self.schema = try JSONSchema(compiling: schema)
    let types: [String] =
      switch schema["type"] {
      case .string(let type): [type]
      case .array(let types): types.compactMap(\.stringValue)
      default: []
      }
    isTyped = !types.isEmpty
    isText = types.contains("string")
  }

  /// Why the output is not what was declared; nil when it is. Output that was cut or is larger than 256 KiB is not
  /// checked, and neither is plain text when the schema names no type.
  func violation(of output: ToolOutput) -> String? {
    let bytes = output.text.utf8.count
    if output.totalBytes > bytes || bytes > Self.checkedBytes { return nil }
    guard let value = output.json ?? parsed(output.text) else {
      return isTyped ? "it did not return JSON, which its manifest declares" : nil
    }
    let violations = schema.validate(value)
    if violations.isEmpty || isText && schema.validate(.string(output.text)).isEmpty { return nil }
    return violations.prefix(3).map(\.description).joined(separator: "; ")
  }

  private func parsed(_ text: String) -> JSONValue? {
    if let value = try? JSONValue(parsing: text) { return value }
    return isText ? .string(text) : nil
  }
}
