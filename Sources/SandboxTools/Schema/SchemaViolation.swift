package import SandboxCore

/// One way in which a value does not fit its schema, in words that help a model to mend its call.
package struct SchemaViolation: Sendable, Hashable, CustomStringConvertible {
  /// The place in the value.
  package let instancePointer: JSONPointer
  /// The place in the schema of what it breaks.
  package let schemaPointer: JSONPointer
  /// What was expected and what is there.
  package let message: String

  package var description: String {
    "\(instancePointer.tokens.isEmpty ? "(root)" : instancePointer.description): \(message)"
  }
}
