package import SandboxCore
import SandboxSchema

/// A tool as its server lists it, read and checked.
package struct MCPRemoteTool: Sendable {
  package let name: String
  package let title: String?
  package let description: String?
  package let inputSchema: JSONValue
  package let outputSchema: JSONValue?
  package let annotations: JSONValue?
  /// `sha256:` and the hash of everything that says what the tool is: name, description, schemas and annotations.
  package let digest: String
  /// How long all that is as text.
  let bytes: Int
  let headers: MCPHeaderParameters
  let output: JSONSchema?

  /// Bytes of one tool's definition.
  static let maximumBytes = 256 << 10

  /// - Throws: why the tool cannot be used, as `.invalidResponse` or `.unsupported`.
  package init(_ listed: JSONValue) throws(SandboxError) {
    guard let name = listed["name"]?.stringValue, !name.isEmpty, name.utf8.count <= 256 else {
      throw SandboxError(.invalidResponse, "a tool has no name, or one of more than 256 bytes")
    }
    func refusal(_ code: SandboxError.Code, _ reason: String) -> SandboxError {
      SandboxError(code, "the tool \(JSONValue.string(name.excerpt(128))) \(reason)")
    }
    let inputSchema = JSONSchema.normalizedParameters(listed["inputSchema"])
    guard inputSchema["type"] == .string("object") else {
      throw refusal(.invalidResponse, "has no inputSchema of the type object")
    }
    if listed["execution"]?["taskSupport"] == .string("required") {
      throw refusal(.unsupported, "can only be called as a task, which this client does not support")
    }
    self.name = name
    title = listed["title"]?.stringValue
    description = listed["description"]?.stringValue
    self.inputSchema = inputSchema
    outputSchema = listed["outputSchema"].flatMap { $0.isNull ? nil : $0 }
    annotations = listed["annotations"].flatMap { $0.isNull ? nil : $0 }

    let parts = ["name", "description", "inputSchema", "outputSchema", "annotations"]
    let canonical = JSONValue.object(JSONObject(parts.compactMap { part in listed[part].map { (part, $0) } }))
      .utf8(.canonical)
    guard canonical.count <= Self.maximumBytes else {
      throw refusal(.unsupported, "has a definition of more than \(Self.maximumBytes >> 10) KiB")
    }
    bytes = canonical.count
    digest = "sha256:" + MCPDigest.text(of: canonical)
    do throws(SandboxError) {
      _ = try JSONSchema(compiling: inputSchema)
      output = try outputSchema.map { (schema) throws(SandboxError) in try JSONSchema(compiling: schema) }
      headers = try MCPHeaderParameters(inputSchema)
    } catch {
      throw refusal(error.code, "cannot be used: \(error.message)")
    }
  }

  /// What the annotations promise about the effect; nil when nothing better than the worst.
  var promisedEffect: ToolEffect? {
    if annotations?["readOnlyHint"] == .bool(true) { return .pure }
    if annotations?["idempotentHint"] == .bool(true) { return .idempotent }
    return nil
  }
}
