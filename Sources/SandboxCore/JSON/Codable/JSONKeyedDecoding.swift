struct JSONKeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let object: JSONObject
  let path: JSONCodingPath

  var codingPath: [any CodingKey] { path.codingKeys }
  var allKeys: [Key] { object.keys.compactMap { Key(stringValue: $0) } }

  func contains(_ key: Key) -> Bool { object.contains(key: key.stringValue) }

  func decodeNil(forKey key: Key) throws -> Bool { try member(key).value.isNull }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try member(key).bool() }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try member(key).string() }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try member(key).double() }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try member(key).float() }
  // Both 128-bit types by name, or the standard library's defaults, which only throw, would be taken for them.
  func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try member(key).integer(type) }
  func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 { try member(key).integer(type) }
  func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try member(key).integer(type)
  }
  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try member(key).decode(type) }

  /// An optional ``JSONValue`` is `nil` only when the key is absent: a null that is there is a value.
  func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
    guard let value = object[key.stringValue], T.self == JSONValue.self || !value.isNull else { return nil }
    return try decoder(value, key).decode(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try member(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try member(key).unkeyedContainer()
  }

  /// The decoder of the member `super`; of null when there is none, as a superclass without members writes none.
  func superDecoder() -> any Decoder { superDecoder(JSONCodingKey.superKey) }
  func superDecoder(forKey key: Key) -> any Decoder { superDecoder(key) }

  private func superDecoder(_ key: some CodingKey) -> any Decoder { decoder(object[key.stringValue] ?? .null, key) }

  private func member(_ key: Key) throws -> JSONValueDecoder {
    guard let value = object[key.stringValue] else {
      throw JSONCodingFailure(path, "missing key \(key.stringValue.quotedForMessage)")
    }
    return decoder(value, key)
  }

  private func decoder(_ value: JSONValue, _ key: some CodingKey) -> JSONValueDecoder {
    JSONValueDecoder(value: value, path: .member(key.stringValue, of: path))
  }
}
