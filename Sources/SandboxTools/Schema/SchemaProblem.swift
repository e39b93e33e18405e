package import SandboxCore

/// Why a schema cannot be used; the `cause` of what ``JSONSchema/init(compiling:)`` throws.
package struct SchemaProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// The place in the schema.
  package let pointer: JSONPointer
  package let reason: String
  package let isUnsupported: Bool

  package var description: String { "\(pointer.tokens.isEmpty ? "(root)" : pointer.description): \(reason)" }

  init(_ pointer: JSONPointer, _ reason: String, isUnsupported: Bool = false) {
    self.pointer = pointer
    self.reason = reason
    self.isUnsupported = isUnsupported
  }
}
