package import SandboxCore

/// Something that is wrong with a policy file.
package struct PolicyProblem: Sendable, Hashable, CustomStringConvertible {
  /// The place in the file.
  package let pointer: JSONPointer
  package let reason: String

  package var description: String { "\(pointer.tokens.isEmpty ? "(root)" : pointer.description): \(reason)" }
}
