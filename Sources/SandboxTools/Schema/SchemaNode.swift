import SandboxCore

/// One schema inside a compiled one: everything that a value must satisfy there. Others are named by their index, so
/// that a schema may contain itself.
struct SchemaNode: Sendable {
  let pointer: JSONPointer
  var assertions: [Assertion] = []

  struct Assertion: Sendable {
    /// The keyword that it came from, for the place of a violation.
    let keyword: String
    let rule: SchemaRule
  }

  /// The schemas that are applied to the same value, without going into it.
  var inPlace: [Int] {
    assertions.flatMap { assertion -> [Int] in
      switch assertion.rule {
      case .all(let nodes), .any(let nodes), .one(let nodes): nodes
      default: []
      }
    }
  }
}
