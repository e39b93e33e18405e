import SandboxCore

/// Finding values and reporting what is wrong with them.
extension ManifestReader {
  static let maximumTimeout = 86_400_000

  func value(_ path: [String]) -> JSONValue? {
    let value = JSONPointer(tokens: path).value(in: manifest)
    return value?.isNull == true ? nil : value
  }

  /// The first of these places that has a value. Any but the first is an older one, which is noted.
  mutating func first(_ paths: [[String]]) -> (path: [String], value: JSONValue)? {
    for (index, path) in paths.enumerated() {
      guard let value = value(path) else { continue }
      if index > 0 { warning(path, "belongs at \(JSONPointer(tokens: paths[0])); read from here all the same") }
      return (path, value)
    }
    return nil
  }

  mutating func string(_ path: [String]) -> String? {
    guard let value = value(path) else { return nil }
    guard let text = value.stringValue else {
      problem(path, "must be a string, not \(value.typeName)")
      return nil
    }
    return text
  }

  mutating func required(_ path: [String], _ expected: String) -> String? {
    if value(path) == nil { problem(path, "is missing; it must be \(expected)") }
    return string(path)
  }

  mutating func strings(_ path: [String], atMost maximum: Int) -> [String] {
    guard let list = list(path, "a list of strings") else { return [] }
    if list.count > maximum { problem(path, "must not have more than \(maximum) elements, but has \(list.count)") }
    var strings: [String] = []
    for (index, element) in list.enumerated() {
      guard let text = element.stringValue, !text.isEmpty else {
        problem(path + [String(index)], "must be a string that is not empty")
        continue
      }
      strings.append(text)
    }
    return strings
  }

  mutating func list(_ path: [String], _ expected: String) -> [JSONValue]? {
    guard let value = value(path) else { return nil }
    if value.arrayValue == nil { problem(path, "must be \(expected), not \(value.typeName)") }
    return value.arrayValue
  }

  mutating func object(_ path: [String], _ expected: String = "an object") -> JSONObject? {
    guard let value = value(path) else { return nil }
    if value.objectValue == nil { problem(path, "must be \(expected), not \(value.typeName)") }
    return value.objectValue
  }

  mutating func flag(_ path: [String], default standard: Bool) -> Bool {
    guard let value = value(path) else { return standard }
    if value.boolValue == nil { problem(path, "must be true or false, not \(value.typeName)") }
    return value.boolValue ?? standard
  }

  mutating func integer(_ path: [String], in range: ClosedRange<Int>) -> Int? {
    value(path).flatMap { integer($0, path, in: range) }
  }

  mutating func integer(_ value: JSONValue, _ path: [String], in range: ClosedRange<Int>) -> Int? {
    if let number = value.intValue, range.contains(number) { return number }
    problem(path, "must be an integer from \(range.lowerBound) to \(range.upperBound), not \(value.briefText)")
    return nil
  }

  mutating func milliseconds(_ path: [String]) -> Duration? {
    guard let value = value(path) else { return nil }
    guard let milliseconds = value.intValue, (1...Self.maximumTimeout).contains(milliseconds) else {
      problem(path, "must be whole milliseconds from 1 to \(Self.maximumTimeout), not \(value.briefText)")
      return nil
    }
    return .milliseconds(milliseconds)
  }

  /// A value of an enumeration by its name.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(_ path: [String]) -> Choice?
  where Choice.RawValue == String {
    guard let text = string(path) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    problem(path, "\(JSONValue.string(text).briefText) is not known; it must be one of \(known)")
    return nil
  }

  mutating func pointerValue(_ path: [String]) -> JSONPointer? {
    guard let text = string(path) else { return nil }
    do throws(SandboxError) {
      return try JSONPointer(text)
    } catch {
      problem(path, error.message)
      return nil
    }
  }

  // MARK: - Parameters

  /// Whether the schema declares it; else a problem.
  mutating func isDeclared(_ parameter: String, _ parameters: JSONValue, at path: [String]) -> Bool {
    let properties = parameters["properties"]?.objectValue ?? [:]
    if properties.contains(key: parameter) { return true }
    let known = properties.keys.joined(separator: ", ")
    problem(path, "\"{\(parameter)}\" is not a parameter; the schema declares: \(known.isEmpty ? "none" : known)")
    return false
  }

  // MARK: - Reporting

  mutating func problem(_ path: [String], _ reason: String) { report(path, reason, isWarning: false) }

  mutating func warning(_ path: [String], _ reason: String) { report(path, reason, isWarning: true) }

  /// A manifest that is wrong all over is described by its first problems.
  private static let maximumProblems = 100

  private mutating func report(_ path: [String], _ reason: String, isWarning: Bool) {
    let isFirstError = !isWarning && isUsable
    if !isWarning { isUsable = false }
    let found = told(path, ToolText(reason, limit: 1024).text, isWarning)
    if problems.count < Self.maximumProblems {
      problems.append(found)
      return
    }
    // Why a tool is left out is told, however many warnings came before.
    if isFirstError { problems[Self.maximumProblems - 1] = found }
    if problems.count == Self.maximumProblems {
      problems.append(told([], "has more problems than are listed here", isWarning))
    }
  }

  private func told(_ path: [String], _ reason: String, _ isWarning: Bool) -> ManifestProblem {
    ManifestProblem(
      file: file, pointer: JSONPointer(tokens: pointer.tokens + path).description, reason: reason, isWarning: isWarning)
  }

  /// Programs end texts with NUL, so that a key with one may be read as another.
  mutating func refuseNULInKeys(_ value: JSONValue, _ path: [String] = []) {
    switch value {
    case .array(let elements):
      for (index, element) in elements.enumerated() { refuseNULInKeys(element, path + [String(index)]) }
    case .object(let object):
      for (key, element) in object {
        if key.utf8.contains(0) { problem(path + [key], "its name contains a NUL character; leave that out") }
        refuseNULInKeys(element, path + [key])
      }
    default: break
    }
  }
}
