import SandboxCore

/// Reads a call's arguments. The schema has been checked before, but a handler may stand under a manifest with another
/// schema, so each value is checked again. A null counts as missing.
struct BuiltinArguments {
  private let values: JSONObject

  init(_ invocation: ToolInvocation) { values = invocation.arguments.objectValue ?? [:] }

  subscript(name: String) -> JSONValue? {
    guard let value = values[name], !value.isNull else { return nil }
    return value
  }

  func string(_ name: String, maximumBytes: Int = .max) throws(SandboxError) -> String {
    guard let text = try optionalString(name) else {
      throw SandboxError(.invalidArgument, "the argument \(name) is missing: give a text")
    }
    guard text.utf8.count <= maximumBytes else {
      throw SandboxError(.invalidArgument, "\(name) has \(text.utf8.count) bytes; the limit is \(maximumBytes)")
    }
    return text
  }

  func optionalString(_ name: String) throws(SandboxError) -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.stringValue else {
      throw SandboxError(.invalidArgument, "\(name) must be a text, not \(value.typeName)")
    }
    return text
  }

  func bool(_ name: String, default fallback: Bool) throws(SandboxError) -> Bool {
    guard let value = self[name] else { return fallback }
    guard let flag = value.boolValue else {
      throw SandboxError(.invalidArgument, "\(name) must be true or false, not \(value.typeName)")
    }
    return flag
  }

  func int(_ name: String, in range: ClosedRange<Int>, default fallback: Int) throws(SandboxError) -> Int {
    try optionalInt(name, in: range) ?? fallback
  }

  func optionalInt(_ name: String, in range: ClosedRange<Int>) throws(SandboxError) -> Int? {
    guard let value = self[name] else { return nil }
    guard let number = value.intValue, range.contains(number) else {
      let bounds =
        range.upperBound == .max ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
      throw SandboxError(
        .invalidArgument, "\(name) is \(String(value.text().prefix(80))); it must be an integer, \(bounds)")
    }
    return number
  }
}

extension String {
  /// This text in quotes for a message of one line: control characters escaped, cut after 200 characters.
  var quoted: String {
    let head = prefix(200)
    return JSONValue.string(String(head)).text() + (head.endIndex == endIndex ? "" : "…")
  }
}

extension Sequence {
  /// `map` for a closure with a typed error, which the standard library's would forget inside of `enumerated()`.
  func mapThrowing<Result>(_ transform: (Element) throws(SandboxError) -> Result) throws(SandboxError) -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(underestimatedCount)
    for element in self { results.append(try transform(element)) }
    return results
  }
}
