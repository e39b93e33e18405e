import SandboxCore

/// What one keyword demands. A rule holds for values of another type than its own.
enum SchemaRule: Sendable {
  case never
  case types([SchemaType])
  /// The allowed values in their numeric form, and as they are shown.
  case oneOfValues(Set<JSONValue>, shown: String)
  case minimum(JSONValue, isExclusive: Bool)
  case maximum(JSONValue, isExclusive: Bool)
  case multiple(of: Int)
  /// Numbers of Unicode scalars, elements or members.
  case length(ClosedRange<Int>)
  case itemCount(ClosedRange<Int>)
  case memberCount(ClosedRange<Int>)
  case uniqueItems
  case items(Int)
  case required([String])
  case members([String: Int], others: Others)
  case all([Int])
  case any([Int])
  case one([Int])

  enum Others: Sendable {
    case allowed
    case forbidden(known: [String])
    case schema(Int)
  }
}

enum SchemaType: String, Sendable, CaseIterable {
  case null, boolean, integer, number, string, array, object

  func matches(_ value: JSONValue) -> Bool {
    value.typeName == rawValue || self == .number && value.isNumber
  }
}
