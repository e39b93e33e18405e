extension JSONValue {
  package var isNull: Bool {
    if case .null = self { true } else { false }
  }

  package var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  package var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  package var arrayValue: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  package var objectValue: JSONObject? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The number when it is an integer in range, however it was written (`5`, `5.0`, `5e0`). `nil` for a double beyond
  /// 2^53 whose text and binary value name different integers: neither would be exact.
  package var intValue: Int? { integer() }

  /// The number as the nearest double; `nil` for a number beyond the range of `Double`.
  package var doubleValue: Double? {
    switch self {
    case .int(let value): return Double(value)
    case .double(let value): return value
    case .decimal(let text):
      guard DecimalNumber(text) != nil, let value = Double(text), value.isFinite else { return nil }
      return value
    default: return nil
    }
  }

  /// The name of the JSON Schema type: `null`, `boolean`, `integer`, `number`, `string`, `array` or `object`. A number
  /// without fractional part is an `integer`, as `1.0` is in JSON Schema.
  package var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .int: "integer"
    case .double, .decimal: isIntegral ? "integer" : "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  package var isNumber: Bool {
    switch self {
    case .int, .double, .decimal: true
    default: false
    }
  }

  /// Whether this is a number without fractional part, whatever its size.
  package var isIntegral: Bool {
    switch self {
    case .int: true
    // Every double from 2^52 on is an integer. Not `rounded()`, which would need the C library's mathematics.
    case .double(let value): value.isFinite && (value.magnitude >= 0x1p52 || Double(Int64(value)) == value)
    case .decimal(let text): DecimalNumber(text)?.isIntegral ?? false
    default: false
    }
  }

  /// The member with this key; `nil` when there is none or this is not an object.
  package subscript(key: String) -> JSONValue? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// The element at this index; `nil` when it is out of range or this is not an array.
  package subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// See ``intValue``, for any integer type.
  func integer<Integer: FixedWidthInteger>(as type: Integer.Type = Integer.self) -> Integer? {
    switch self {
    case .int(let value): return Integer(exactly: value)
    case .double(let value):
      guard isIntegral else { return nil }
      if value.magnitude <= 0x1p53 { return Integer(exactly: Int64(value)) }
      guard let integer: Integer = DecimalNumber(value)?.integer(), Double(exactly: integer) == value else {
        return nil
      }
      return integer
    case .decimal(let text): return DecimalNumber(text)?.integer()
    default: return nil
    }
  }
}
