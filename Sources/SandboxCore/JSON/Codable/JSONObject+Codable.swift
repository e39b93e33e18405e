extension JSONObject: Codable {
  package init(from decoder: any Decoder) throws {
    guard case .object(let object) = try JSONValue(from: decoder) else {
      let context = DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "expected object")
      throw DecodingError.typeMismatch(JSONObject.self, context)
    }
    self = object
  }

  package func encode(to encoder: any Encoder) throws { try JSONValue.object(self).encode(to: encoder) }
}
