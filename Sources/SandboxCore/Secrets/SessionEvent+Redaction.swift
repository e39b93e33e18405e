extension SessionEvent {
  /// The event without secrets; itself when there are none in it.
  ///
  /// A value that the event cannot be read without stays, as a state's name that somebody has chosen for a password: it
  /// tells nothing there.
  ///
  /// - Throws: what ``body()`` throws.
  package func redacted(by redactor: Redactor) throws(SandboxError) -> SessionEvent {
    let body = try body()
    if redactor.isClean(body) { return self }
    let type = type
    let clean = redactor.redact(body) { (try? SessionEvent(type: type, body: $0)) != nil }
    return try SessionEvent(type: type, body: clean)
  }
}

extension Redactor {
  /// The value with as much of it redacted as still fits.
  fileprivate func redact(_ value: JSONValue, while fits: (JSONValue) -> Bool) -> JSONValue {
    let clean = redact(value)
    if fits(clean) { return clean }
    switch value {
    case .array(var elements):
      for (index, element) in elements.enumerated() where !isClean(element) {
        var trial = elements
        elements[index] = redact(element) { part in
          trial[index] = part
          return fits(.array(trial))
        }
      }
      return .array(elements)
    case .object(var object):
      for (key, member) in object where !isClean(member) {
        var trial = object
        object[key] = redact(member) { part in
          trial[key] = part
          return fits(.object(trial))
        }
      }
      return .object(object)
    default: return value
    }
  }
}
