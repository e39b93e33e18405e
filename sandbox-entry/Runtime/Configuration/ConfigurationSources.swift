import SandboxCore

/// Where the configuration comes from, strongest first: command line, environment, file, cloud.
struct ConfigurationSources: Sendable {
  /// Values of options, by the variable that they stand for.
  var options: [Variable: String] = [:]
  var environment: [String: String] = [:]
  /// The session configuration file, and what to call it in messages.
  var file: JSONValue?
  /// What `sessions:getConfig` answered.
  var cloud: JSONValue?
}

extension ConfigurationSources {
  /// A variable's value from the command line or the environment, with `NAME_FILE` read; empty counts as not given.
  func text(_ variable: Variable, _ problems: inout [ConfigurationProblem]) -> String? {
    options[variable] ?? text(named: variable.rawValue, &problems)
  }

  /// A variable's value from the environment alone.
  func text(named name: String, _ problems: inout [ConfigurationProblem]) -> String? {
    let direct = environment[name].flatMap { $0.isEmpty ? nil : $0 }
    guard let path = environment["\(name)_FILE"], !path.isEmpty else { return direct }
    if direct != nil {
      problems.append(ConfigurationProblem(place: name, message: "\(name) and \(name)_FILE are both set; keep one"))
      return direct
    }
    do {
      return try SmallFile.text(at: path).trimmingTrailingNewlines
    } catch {
      problems.append(ConfigurationProblem(place: "\(name)_FILE", message: error.message))
      return nil
    }
  }
}

extension String {
  fileprivate var trimmingTrailingNewlines: String {
    var text = Substring(self)
    while let last = text.last, last.isNewline { text.removeLast() }
    return String(text)
  }
}
