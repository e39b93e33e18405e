struct JSONSingleEncoding: SingleValueEncodingContainer {
  let node: JSONEncodingNode

  var codingPath: [any CodingKey] { node.codingPath }

  func encodeNil() throws { try node.set(.null) }
  func encode(_ value: Bool) throws { try node.set(.bool(value)) }
  func encode(_ value: String) throws { try node.set(.string(value)) }
  func encode(_ value: Double) throws { try node.set(JSONEncodingNode.json(value, at: node.path)) }
  func encode(_ value: Float) throws { try encode(Double(value.description) ?? .nan) }
  func encode<T: FixedWidthInteger & Encodable>(_ value: T) throws { try node.set(JSONEncodingNode.json(value)) }
  func encode(_ value: Int128) throws { try node.set(JSONEncodingNode.json(value)) }
  func encode(_ value: UInt128) throws { try node.set(JSONEncodingNode.json(value)) }
  func encode<T: Encodable>(_ value: T) throws { try node.set(JSONEncodingNode.json(value, at: node.path)) }
}
