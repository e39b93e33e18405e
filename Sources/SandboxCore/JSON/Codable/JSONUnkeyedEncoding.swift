struct JSONUnkeyedEncoding: UnkeyedEncodingContainer {
  let node: JSONEncodingNode

  var codingPath: [any CodingKey] { node.codingPath }
  var count: Int { node.array.count }

  func encodeNil() { node.append(.null) }
  func encode(_ value: Bool) { node.append(.bool(value)) }
  func encode(_ value: String) { node.append(.string(value)) }
  func encode(_ value: Double) throws { node.append(try JSONEncodingNode.json(value, at: path)) }
  func encode(_ value: Float) throws { try encode(Double(value.description) ?? .nan) }
  func encode<T: FixedWidthInteger & Encodable>(_ value: T) { node.append(JSONEncodingNode.json(value)) }
  func encode(_ value: Int128) { node.append(JSONEncodingNode.json(value)) }
  func encode(_ value: UInt128) { node.append(JSONEncodingNode.json(value)) }
  func encode<T: Encodable>(_ value: T) throws { node.append(try JSONEncodingNode.json(value, at: path)) }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    node.appendChild().container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { node.appendChild().unkeyedContainer() }
  func superEncoder() -> any Encoder { node.appendChild() }

  private var path: JSONCodingPath { .element(node.array.count, of: node.path) }
}
