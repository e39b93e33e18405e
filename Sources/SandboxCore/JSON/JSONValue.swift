/// A JSON value that keeps exactly what was parsed: integers, doubles and numbers that fit neither are told apart, and
/// objects keep their order.
///
/// `==` and hashing are structural: `.int(1)` differs from `.double(1)` and `-0.0` from `0.0`, and strings are the
/// same only when their bytes are (RFC 8259, section 8.3), unlike `String`'s own `==`. The order of an object's
/// members does not count. Use ``isNumericallyEqual(to:)`` to compare numbers by value, as JSON Schema does.
package enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// A literal without fraction and exponent that fits 64 bits. `-0` is `.int(0)`.
  case int(Int64)
  /// A literal with fraction or exponent whose decimal value is the shortest text of this double, so that writing it
  /// loses nothing.
  case double(Double)
  /// The literal of any other number: an integer beyond `Int64`, like one of 30 digits, or a number that no double
  /// keeps exactly, like `1e400`. Meant for what the parser or the encoder found; by hand, use a case above where it
  /// fits. Text that is not a JSON number is written as `null`.
  case decimal(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

extension JSONValue: Hashable {
  package static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.int(let left), .int(let right)): left == right
    case (.double(let left), .double(let right)): left.bitPattern == right.bitPattern || (left.isNaN && right.isNaN)
    case (.decimal(let left), .decimal(let right)): left.hasSameBytes(as: right)
    case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .int(let value): hasher.combine(value)
    case .double(let value): hasher.combine(value.isNaN ? Double.nan.bitPattern : value.bitPattern)
    case .decimal(let text): hasher.combine(text)
    case .string(let text): hasher.combine(text)
    case .array(let elements): hasher.combine(elements)
    case .object(let object): hasher.combine(object)
    }
  }
}
