import SandboxCore

/// Command lines, of command tools and of MCP servers.
extension ManifestReader {
  /// The elements of a command line, at least one.
  mutating func commandLine(_ path: [String]) -> [JSONValue]? {
    let expected = "a list: the program's absolute path, then its arguments"
    guard let value = value(path) else {
      problem(path, "is missing; it must be \(expected)")
      return nil
    }
    guard let elements = value.arrayValue, !elements.isEmpty else {
      problem(path, "must be \(expected)")
      return nil
    }
    return elements
  }

  mutating func argumentText(_ element: JSONValue, _ place: [String]) -> String? {
    guard let text = element.stringValue else {
      problem(place, "must be a string, not \(element.typeName)")
      return nil
    }
    if text.utf8.contains(0) { problem(place, "contains a NUL character, which no program can get") }
    return text
  }

  /// Checks the program and the files that it runs, and remembers what they are now.
  ///
  /// - Parameter words: program and arguments; nil for a parameter that may begin with `-`.
  mutating func checkedFiles(_ words: [String?], _ path: [String]) -> [PinnedFile] {
    guard let executable = words.first.flatMap({ $0 }) else { return [] }
    if let reason = ExecutableCheck.problem(with: executable) {
      problem(path + ["0"], reason)
      return []
    }
    refuseShellText(words, path)
    var files = [executable]
    for place in ScriptFinder.scripts(in: words) {
      guard let script = words[place] else { continue }
      if let reason = ExecutableCheck.problem(withScript: script) { problem(path + [String(place)], reason) }
      files.append(script)
    }
    return files.compactMap(PinnedFile.init)
  }

  private mutating func refuseShellText(_ words: [String?], _ path: [String]) {
    switch ShellRules.misuse(of: words) {
    case .programText(let place):
      problem(
        path + [String(place)],
        "a shell must not be given its program as a text; put the script in a file and name the file")
    case .standardInput(let place):
      problem(
        path + [String(place)],
        "this shell would run what it reads from its standard input; put the script in a file and name the file")
    case nil: break
    }
  }
}
