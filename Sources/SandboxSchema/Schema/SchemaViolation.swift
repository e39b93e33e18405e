package import SandboxCore

/// One way in which a value does not fit its schema, in words that help a model to mend its call.
package struct SchemaViolation: Sendable, Hashable, CustomStringConvertible {
  /// The place in the value.
  package let instancePointer: JSONPointer
  /// The place of what it breaks, in the document that says so.
  package let schemaPointer: JSONPointer
  /// The keyword that it breaks; empty for a schema that is `false`, and when the check was given up.
  package let keyword: String
  /// What was expected and what is there.
  package let message: String

  package var description: String {
    "\(instancePointer.tokens.isEmpty ? "(root)" : instancePointer.description): \(message)"
  }
}
