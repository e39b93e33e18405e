/// A demand that applies other schemas to the same value. Numbers are those of nodes.
enum InPlaceRule: Sendable {
  /// All of them: `allOf`, and a reference.
  case all([Int])
  case any([Int])
  case one([Int])
  case not(Int, shown: String)
  case condition(Int, then: Int?, otherwise: Int?)
  /// A `$dynamicRef`: the schema that the outermost resource on the way here has for an anchor, or else this one.
  case dynamic(anchor: Int, fallback: Int)

  /// The schemas that may be applied whatever came before.
  var schemas: [Int] {
    switch self {
    case .all(let schemas), .any(let schemas), .one(let schemas): schemas
    case .not(let schema, _): [schema]
    case .condition(let condition, let then, let otherwise): [condition, then, otherwise].compactMap { $0 }
    case .dynamic(_, let fallback): [fallback]
    }
  }
}
