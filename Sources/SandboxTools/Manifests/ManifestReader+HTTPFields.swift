import SandboxCore

/// Query parameters and headers.
extension ManifestReader {
  mutating func readFields(_ path: [String], _ parameters: JSONValue, isHeader: Bool) -> [APISpec.Field] {
    var fields: [APISpec.Field] = []
    for (name, value) in object(path, "an object of names and values") ?? [:] {
      let place = path + [name]
      if isHeader, let reason = HeaderRules.problem(name: name) {
        problem(place, reason)
        continue
      }
      if isHeader, fields.contains(where: { $0.name.lowercased() == name.lowercased() }) {
        problem(place, "is there twice, differing only in case; remove one of them")
      }
      if let value = readFieldValue(value, place, parameters, isHeader: isHeader) {
        fields.append(APISpec.Field(name, value))
      }
    }
    return fields
  }

  private mutating func readFieldValue(
    _ value: JSONValue, _ path: [String], _ parameters: JSONValue, isHeader: Bool
  ) -> APISpec.Value? {
    guard let text = value.stringValue else {
      guard value.isNumber || value.boolValue != nil else {
        problem(path, "must be a text, a number, true or false, or \"{parameter}\", not \(value.typeName)")
        return nil
      }
      return .literal(value.text(.compact))
    }
    if let name = Placeholder.whole(text) {
      return isDeclared(name, parameters, at: path) ? .argument(name) : nil
    }
    if let name = Placeholder.first(in: text), parameters["properties"]?[name] != nil {
      problem(path, "\"{\(name)}\" must be the whole value: a parameter is not pasted into another")
      return nil
    }
    if isHeader, let reason = HeaderRules.problem(value: text) { problem(path, reason) }
    return .literal(text)
  }

  /// Headers that are the same in every request.
  mutating func readFixedHeaders(_ path: [String]) -> [HTTPHeader] {
    var headers: [HTTPHeader] = []
    for (name, value) in object(path, "an object of names and texts") ?? [:] {
      guard let text = value.stringValue else {
        problem(path + [name], "must be a string, not \(value.typeName)")
        continue
      }
      for reason in [HeaderRules.problem(name: name), HeaderRules.problem(value: text)].compactMap({ $0 }) {
        problem(path + [name], reason)
      }
      headers.append(HTTPHeader(name, text))
    }
    return headers
  }
}
