import SandboxCore

extension JSONPointer {
  static func / (place: JSONPointer, key: String) -> JSONPointer { place.appending(key: key) }
}

extension PolicyReader {
  mutating func object(_ value: JSONValue, at place: JSONPointer, members: [String]) -> JSONObject? {
    guard let object = value.objectValue else {
      problem(place, "must be an object, not \(value.typeName)")
      return nil
    }
    for key in object.keys where !members.contains(where: { $0.utf8.elementsEqual(key.utf8) }) {
      problem(place / key.excerpt(100), "is not known; there are: \(members.joined(separator: ", "))")
    }
    return object
  }

  mutating func required(_ object: JSONObject, _ key: String, at place: JSONPointer) -> JSONValue? {
    if let value = object[key] { return value }
    problem(place / key, "is missing")
    return nil
  }

  mutating func text(_ value: JSONValue, at place: JSONPointer) -> String? {
    if let text = value.stringValue, !text.isEmpty { return text }
    problem(place, "must be a text that is not empty, not \(value.briefText)")
    return nil
  }

  /// One text or a list of them, each with its place.
  mutating func texts(_ value: JSONValue, at place: JSONPointer) -> [(text: String, place: JSONPointer)] {
    guard let elements = value.arrayValue else { return text(value, at: place).map { [($0, place)] } ?? [] }
    if elements.isEmpty { problem(place, "must not be empty; leave it out to match everything") }
    return elements.enumerated().compactMap { index, element in
      let place = place.appending(index: index)
      return text(element, at: place).map { ($0, place) }
    }
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ value: JSONValue?, at place: JSONPointer
  ) -> Choice? where Choice.RawValue == String {
    guard let value, let text = text(value, at: place) else { return nil }
    return choice(text, at: place)
  }

  mutating func choices<Choice: RawRepresentable & CaseIterable & Hashable>(
    _ value: JSONValue, at place: JSONPointer
  ) -> Set<Choice> where Choice.RawValue == String {
    Set(texts(value, at: place).compactMap { choice($0.text, at: $0.place) })
  }

  private mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ text: String, at place: JSONPointer
  ) -> Choice? where Choice.RawValue == String {
    if let choice = Choice(rawValue: text) { return choice }
    let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    problem(place, "\(JSONValue.string(text).briefText) is not known; it must be one of \(known)")
    return nil
  }
}
