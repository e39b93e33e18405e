import SandboxCore

/// What a schema demands of a number.
struct NumberRules: Sendable {
  var bounds: [Bound] = []
  var divisor: SchemaDivisor?

  struct Bound: Sendable {
    let keyword: String
    let relation: Relation
    let value: JSONValue

    enum Relation: String, Sendable {
      case atLeast = "at least"
      case moreThan = "more than"
      case atMost = "at most"
      case lessThan = "less than"
    }

    func allows(_ number: JSONValue) -> Bool {
      guard let order = number.numericOrder(to: value) else { return false }
      return switch relation {
      case .atLeast: order >= 0
      case .moreThan: order > 0
      case .atMost: order <= 0
      case .lessThan: order < 0
      }
    }
  }
}
