import SandboxCore

/// Reads one value after the other from the sources and collects every problem on the way, so that all of them can be
/// reported at once.
struct ConfigurationReader {
  let sources: ConfigurationSources
  var problems: [ConfigurationProblem] = []
  var warnings: [String] = []

  init(_ sources: ConfigurationSources) { self.sources = sources }

  mutating func text(_ variable: Variable) -> String? { sources.text(variable, &problems) }

  mutating func problem(_ place: String, _ message: String) {
    let problem = ConfigurationProblem(place: place, message: message)
    if !problems.contains(problem) { problems.append(problem) }
  }

  /// A string from the variable, else from the document.
  mutating func string(_ variable: Variable?, _ path: String...) -> String? {
    if let variable, let text = text(variable) { return text }
    guard let (value, place) = documentValue(path) else { return nil }
    if let text = value.stringValue { return text }
    problem(place, "must be a string, not \(value.typeName)")
    return nil
  }

  /// An id from the document, which must fit the same grammar as one from the environment.
  mutating func identifier(_ key: String) -> String? {
    guard let id = string(nil, key) else { return nil }
    if let problem = NameGrammar.problem(in: id), let (_, place) = documentValue([key]) {
      self.problem(place, "'\(id.shortened)' \(problem); use 1 to 128 of A-Z a-z 0-9 . _ -")
    }
    return id
  }

  /// One of the raw values of an enumeration.
  mutating func choice<E: RawRepresentable & CaseIterable>(_ variable: Variable, _ path: String...) -> E?
  where E.RawValue == String {
    var place = variable.rawValue
    var text = self.text(variable)
    if text == nil, !path.isEmpty, let found = documentValue(path) {
      place = found.place
      text = found.value.stringValue ?? found.value.text(.compact)
    }
    guard let text else { return nil }
    if let value = E(rawValue: text) { return value }
    let choices = E.allCases.map(\.rawValue).joined(separator: ", ")
    problem(place, "'\(text.shortened)' is not one of: \(choices)")
    return nil
  }

  /// A value of the session configuration: the file's before the cloud's.
  func documentValue(_ path: [String]) -> (value: JSONValue, place: String)? {
    // What only the environment can say has no place in the document.
    guard !path.isEmpty else { return nil }
    for (document, name) in [(sources.file, "configuration file"), (sources.cloud, "cloud configuration")] {
      var value = document
      for key in path { value = value?[key] }
      if let value, !value.isNull { return (value, "\(name) /\(path.joined(separator: "/"))") }
    }
    return nil
  }
}

extension String {
  /// At most 80 characters, on one line, for a message.
  var shortened: String {
    let line = String(map { $0.isNewline ? " " : $0 }.prefix(80)).filter { character in
      !character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f }
    }
    return count > 80 ? "\(line)…" : line
  }
}
