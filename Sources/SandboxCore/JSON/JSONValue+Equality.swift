extension JSONValue {
  /// Whether both are the same value when numbers are compared by what they amount to: `1`, `1.0` and `1e0` are
  /// equal, at any depth. A double counts as the decimal number that it is written as.
  package func isNumericallyEqual(to other: JSONValue) -> Bool {
    switch (self, other) {
    case (.int(let left), .int(let right)): left == right
    case (.array(let left), .array(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0.isNumericallyEqual(to: $1) }
    case (.object(let left), .object(let right)):
      left.count == right.count && left.allSatisfy { right[$0.key]?.isNumericallyEqual(to: $0.value) ?? false }
    default: isNumber && other.isNumber ? numericForm == other.numericForm : self == other
    }
  }

  /// This value with every number in the one form for what it amounts to. Equal forms (`==`, hashable) are numerically
  /// equal values, which makes finding duplicates in a long array linear.
  package var numericForm: JSONValue {
    switch self {
    case .double(let value):
      DecimalNumber(value).map(Self.form) ?? self
    case .decimal(let text): DecimalNumber(text).map(Self.form) ?? self
    case .array(let elements): .array(elements.map(\.numericForm))
    case .object(let object): .object(JSONObject(object.lazy.map { ($0.key, $0.value.numericForm) }))
    default: self
    }
  }

  private static func form(_ number: DecimalNumber) -> JSONValue {
    number.integer().map { .int($0) } ?? .decimal(number.literal)
  }
}
