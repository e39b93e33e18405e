extension JSONValue {
  /// The JSON of `value`. Integers become `.int` (`.decimal` beyond `Int64`), doubles always `.double`, so that
  /// `1.0` stays a double; dictionaries with `String` keys become objects, and a ``JSONValue`` inside is taken over
  /// as it is.
  ///
  /// - Throws: ``SandboxError`` with code `invalid_argument` and the JSON pointer of the place, for a double that is
  ///   not finite and for a type that breaks the rules of `Encodable`; what the type throws itself keeps its code.
  package static func encoding<T: Encodable>(_ value: T) throws(SandboxError) -> JSONValue {
    do {
      return try JSONEncodingNode.json(value, at: .root)
    } catch {
      throw JSONCodingFailure(error, at: .root).located
    }
  }

  /// A value of type `T` made of this JSON. Members that `T` does not name are ignored. An integer is also read from a
  /// number like `5.0`, a double also from an integer; nothing else is converted, and no integer is rounded or cut.
  ///
  /// - Throws: ``SandboxError`` with code `invalid_argument`; the message begins with the JSON pointer of the place,
  ///   as in `/limits/maxDuration: expected integer, found string`. What `T` throws itself keeps its code.
  package func decode<T: Decodable>(_ type: T.Type = T.self) throws(SandboxError) -> T {
    do {
      return try JSONValueDecoder(value: self, path: .root).decode(type)
    } catch {
      throw JSONCodingFailure(error, at: .root).located
    }
  }
}

extension JSONValue: Codable {
  /// Exact from ``decode(_:)``. Other decoders do not tell `1.0` from `1`, and round what does not fit a double.
  package init(from decoder: any Decoder) throws {
    if let decoder = decoder as? JSONValueDecoder {
      self = decoder.value
      return
    }
    if let object = try? decoder.container(keyedBy: JSONCodingKey.self) {
      self = .object(
        JSONObject(try object.allKeys.map { ($0.stringValue, try object.decode(JSONValue.self, forKey: $0)) }))
      return
    }
    if var array = try? decoder.unkeyedContainer() {
      var elements: [JSONValue] = []
      while !array.isAtEnd { elements.append(try array.decode(JSONValue.self)) }
      self = .array(elements)
      return
    }
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let int = try? value.decode(Int64.self) {
      self = .int(int)
    } else if let int = try? value.decode(UInt64.self) {
      self = .decimal(String(int))
    } else if let double = try? value.decode(Double.self) {
      self = .double(double)
    } else {
      self = .string(try value.decode(String.self))
    }
  }

  /// Exact in ``encoding(_:)``. Other encoders get the nearest double for a `.decimal` beyond `UInt64`.
  package func encode(to encoder: any Encoder) throws {
    if let node = encoder as? JSONEncodingNode {
      try node.set(self)
      return
    }
    switch self {
    case .array(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
    case .object(let object):
      var container = encoder.container(keyedBy: JSONCodingKey.self)
      for (key, value) in object { try container.encode(value, forKey: JSONCodingKey(stringValue: key)) }
    default:
      var container = encoder.singleValueContainer()
      switch self {
      case .bool(let value): try container.encode(value)
      case .int(let value): try container.encode(value)
      case .double(let value): try container.encode(value)
      case .string(let value): try container.encode(value)
      case .decimal:
        if let integer = integer(as: UInt64.self) {
          try container.encode(integer)
        } else if let value = doubleValue {
          try container.encode(value)
        } else {
          let context = EncodingError.Context(codingPath: encoder.codingPath, debugDescription: "number beyond Double")
          throw EncodingError.invalidValue(self, context)
        }
      default: try container.encodeNil()
      }
    }
  }
}
