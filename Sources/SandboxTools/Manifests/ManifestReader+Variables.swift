import SandboxCore

/// What a process gets in its environment: literal values, and secrets.
extension ManifestReader {
  typealias Variables = (literals: [String: String], secrets: [String: String])

  /// Reads `env` and `secrets` below a place.
  mutating func readVariables(_ path: [String], _ id: ToolID) -> Variables {
    var bytes = 0
    let literals = readLiterals(path + ["env"], &bytes)
    var granted: [String: String] = [:]
    for (variable, value) in object(path + ["secrets"], "an object of variables and names of secrets") ?? [:] {
      let place = path + ["secrets", variable]
      guard isVariable(variable, place), let name = secretName(value, place) else { continue }
      if literals[variable] != nil { problem(place, "\(variable) is also in \"env\"; remove one of them") }
      guard let secret = configuredSecret(name, place, binding: "tool:\(id)") else { continue }
      if !secret.isBound(toTool: id.rawValue) {
        problem(
          place,
          "the secret \(name) may not be given to this tool; add \"tool:\(id)\" to TOOL_SECRET_\(name)_HOSTS")
      }
      bytes += variable.utf8.count + secret.value.utf8.count
      granted[variable] = name
    }
    if bytes > VariableRules.maximumBytes {
      problem(path + ["env"], "all variables together must not be longer than \(VariableRules.maximumBytes) bytes")
    }
    return (literals, granted)
  }

  private mutating func readLiterals(_ path: [String], _ bytes: inout Int) -> [String: String] {
    var literals: [String: String] = [:]
    for (variable, value) in object(path, "an object of variables and texts") ?? [:] {
      let place = path + [variable]
      guard isVariable(variable, place) else { continue }
      guard let text = value.stringValue else {
        problem(place, "must be a string, not \(value.typeName)")
        continue
      }
      if let reason = VariableRules.problem(value: text) { problem(place, reason) }
      bytes += variable.utf8.count + text.utf8.count
      literals[variable] = text
    }
    return literals
  }

  private mutating func isVariable(_ name: String, _ path: [String]) -> Bool {
    guard let reason = VariableRules.problem(name: name) else { return true }
    problem(path, reason)
    return false
  }

  // MARK: - Secrets

  private static let prefix = "TOOL_SECRET_"

  /// The name of a secret, which is what follows `TOOL_SECRET_`.
  mutating func secretName(_ value: JSONValue, _ path: [String]) -> String? {
    guard var name = value.stringValue else {
      problem(path, "must be the name of a secret, not \(value.typeName)")
      return nil
    }
    if name.hasPrefix(Self.prefix) {
      name = String(name.dropFirst(Self.prefix.count))
      warning(path, "a secret is named without \"\(Self.prefix)\": \"\(name)\"")
    }
    guard NameGrammar.problem(in: name) == nil else {
      problem(path, "\(value.briefText) is not the name of a secret; it must have only A-Z a-z 0-9 . _ -")
      return nil
    }
    return name
  }

  /// - Parameter binding: what the secret's `_HOSTS` would have to say.
  mutating func configuredSecret(_ name: String, _ path: [String], binding: String) -> ToolSecret? {
    if let secret = secrets[name] { return secret }
    problem(
      path,
      "API key not found: \(name); set \(Self.prefix)\(name) to its value, and \(Self.prefix)\(name)_HOSTS to "
        + "\"\(binding)\"")
    return nil
  }
}
