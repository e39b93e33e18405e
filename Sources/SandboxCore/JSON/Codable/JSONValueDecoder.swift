/// The decoder of one value at one place.
struct JSONValueDecoder: Decoder {
  let value: JSONValue
  let path: JSONCodingPath

  var codingPath: [any CodingKey] { path.codingKeys }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let object) = value else { throw mismatch("object") }
    return KeyedDecodingContainer(JSONKeyedDecoding<Key>(object: object, path: path))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = value else { throw mismatch("array") }
    return JSONUnkeyedDecoding(elements: elements, path: path)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { JSONSingleDecoding(decoder: self) }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    if T.self == JSONValue.self, let exact = value as? T { return exact }
    do {
      return try T(from: self)
    } catch {
      throw JSONCodingFailure(error, at: path)
    }
  }

  func bool() throws -> Bool {
    guard case .bool(let bool) = value else { throw mismatch("boolean") }
    return bool
  }

  func string() throws -> String {
    guard case .string(let string) = value else { throw mismatch("string") }
    return string
  }

  func double() throws -> Double {
    guard value.isNumber else { throw mismatch("number") }
    guard let double = value.doubleValue else { throw doesNotFit("Double") }
    return double
  }

  func float() throws -> Float {
    let float = Float(try double())
    guard float.isFinite else { throw doesNotFit("Float") }
    return float
  }

  func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws -> Integer {
    guard value.isIntegral else { throw mismatch("integer") }
    guard let integer = value.integer(as: type) else { throw doesNotFit("\(type)") }
    return integer
  }

  private func mismatch(_ expected: String) -> JSONCodingFailure {
    JSONCodingFailure(path, "expected \(expected), found \(value.typeName)")
  }

  private func doesNotFit(_ type: String) -> JSONCodingFailure {
    JSONCodingFailure(path, "the number \(value.text().prefix(40)) does not fit \(type)")
  }
}
