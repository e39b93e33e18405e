package import SandboxCore

/// Why a schema cannot be used; the `cause` of what ``JSONSchema/init(compiling:documents:defaultDialect:)`` throws.
package struct SchemaProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// The place in the schema, or in the document that it refers to.
  package let pointer: JSONPointer
  package let reason: String
  /// The schema may be right, but asks for what is not done here.
  package let isUnsupported: Bool

  package var description: String { "\(pointer.tokens.isEmpty ? "(root)" : pointer.description): \(reason)" }

  init(_ pointer: JSONPointer, _ reason: String, isUnsupported: Bool = false) {
    self.pointer = pointer
    self.reason = reason
    self.isUnsupported = isUnsupported
  }
}
