extension Redactor {
  /// The value with all its strings, keys and numbers redacted; a number that is hidden becomes a string. A value with
  /// nothing to hide comes back as it is.
  package func redact(_ value: JSONValue) -> JSONValue { redacted(value) ?? value }

  /// Whether nothing is to be hidden in any part of the value.
  package func isClean(_ value: JSONValue) -> Bool {
    if case .none = redacted(value) { true } else { false }
  }

  /// Nil when there is nothing to hide.
  func redacted(_ value: JSONValue) -> JSONValue? {
    switch value {
    case .null, .bool: nil
    // Shorter than any secret, and most numbers are.
    case .int(let number): number.magnitude < 10_000_000 ? nil : redacted(number.description).map { .string($0) }
    case .double(let number): redacted(number.description).map { .string($0) }
    case .decimal(let text), .string(let text): redacted(text).map { .string($0) }
    case .array(let elements): redacted(elements)
    case .object(let object): redacted(object)
    }
  }

  private func redacted(_ elements: [JSONValue]) -> JSONValue? {
    var clean: [JSONValue]?
    for (index, element) in elements.enumerated() {
      guard let element = redacted(element) else { continue }
      if clean == nil { clean = elements }
      clean?[index] = element
    }
    return clean.map { .array($0) }
  }

  private func redacted(_ object: JSONObject) -> JSONValue? {
    // Each value is looked through once: twice at each level would be without end in a deep one.
    var clean: [JSONObject.Element]?
    for (index, member) in object.enumerated() {
      let key = redacted(member.key)
      let value = redacted(member.value)
      if case (.none, .none) = (key, value) { continue }
      if clean == nil { clean = Array(object) }
      clean?[index] = (key ?? member.key, value ?? member.value)
    }
    return clean.map { .object(Self.unique($0)) }
  }

  /// Two keys that look the same now are still two members.
  private static func unique(_ members: [JSONObject.Element]) -> JSONObject {
    var object = JSONObject()
    var numbers: [String: Int] = [:]
    for (key, value) in members {
      var name = key
      while !object.appendIfNew(name, value) {
        numbers[key, default: 1] += 1
        name = "\(key) \(numbers[key, default: 1])"
      }
    }
    return object
  }
}
