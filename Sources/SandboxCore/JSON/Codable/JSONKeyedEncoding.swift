struct JSONKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: JSONEncodingNode

  var codingPath: [any CodingKey] { node.codingPath }

  func encodeNil(forKey key: Key) { node.set(.null, forKey: key.stringValue) }
  func encode(_ value: Bool, forKey key: Key) { node.set(.bool(value), forKey: key.stringValue) }
  func encode(_ value: String, forKey key: Key) { node.set(.string(value), forKey: key.stringValue) }

  func encode(_ value: Double, forKey key: Key) throws {
    node.set(try JSONEncodingNode.json(value, at: path(key)), forKey: key.stringValue)
  }

  func encode(_ value: Float, forKey key: Key) throws { try encode(Double(value.description) ?? .nan, forKey: key) }

  func encode<T: FixedWidthInteger & Encodable>(_ value: T, forKey key: Key) {
    node.set(JSONEncodingNode.json(value), forKey: key.stringValue)
  }

  // Both 128-bit types by name, or the standard library's defaults, which only throw, would be taken for them.
  func encode(_ value: Int128, forKey key: Key) { node.set(JSONEncodingNode.json(value), forKey: key.stringValue) }
  func encode(_ value: UInt128, forKey key: Key) { node.set(JSONEncodingNode.json(value), forKey: key.stringValue) }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    node.set(try JSONEncodingNode.json(value, at: path(key)), forKey: key.stringValue)
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested>
  {
    node.child(forKey: key.stringValue).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    node.child(forKey: key.stringValue).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { node.child(forKey: JSONCodingKey.superKey.stringValue) }
  func superEncoder(forKey key: Key) -> any Encoder { node.child(forKey: key.stringValue) }

  private func path(_ key: Key) -> JSONCodingPath { .member(key.stringValue, of: node.path) }
}
