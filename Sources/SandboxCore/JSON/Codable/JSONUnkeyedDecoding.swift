struct JSONUnkeyedDecoding: UnkeyedDecodingContainer {
  let elements: [JSONValue]
  let path: JSONCodingPath
  private(set) var currentIndex = 0

  init(elements: [JSONValue], path: JSONCodingPath) {
    self.elements = elements
    self.path = path
  }

  var codingPath: [any CodingKey] { path.codingKeys }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  /// Goes on to the next element only when this one is null, as the protocol wants it.
  mutating func decodeNil() throws -> Bool {
    let isNull = try current().value.isNull
    if isNull { currentIndex += 1 }
    return isNull
  }

  mutating func decode(_ type: Bool.Type) throws -> Bool { try next { try $0.bool() } }
  mutating func decode(_ type: String.Type) throws -> String { try next { try $0.string() } }
  mutating func decode(_ type: Double.Type) throws -> Double { try next { try $0.double() } }
  mutating func decode(_ type: Float.Type) throws -> Float { try next { try $0.float() } }
  mutating func decode(_ type: Int128.Type) throws -> Int128 { try next { try $0.integer(type) } }
  mutating func decode(_ type: UInt128.Type) throws -> UInt128 { try next { try $0.integer(type) } }
  mutating func decode<T: FixedWidthInteger & Decodable>(_ type: T.Type) throws -> T {
    try next { try $0.integer(type) }
  }
  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next { try $0.decode(type) } }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    try next { try $0.container(keyedBy: type) }
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next { try $0.unkeyedContainer() }
  }
  mutating func superDecoder() throws -> any Decoder { try next { $0 } }

  private func current() throws -> JSONValueDecoder {
    let place = JSONCodingPath.element(currentIndex, of: path)
    guard !isAtEnd else { throw JSONCodingFailure(place, "the array has only \(elements.count) elements") }
    return JSONValueDecoder(value: elements[currentIndex], path: place)
  }

  // An element that does not decode stays the current one, so that it can be tried as another type.
  private mutating func next<Value>(_ read: (JSONValueDecoder) throws -> Value) throws -> Value {
    let value = try read(current())
    currentIndex += 1
    return value
  }
}
