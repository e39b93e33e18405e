import SandboxCore

/// Reads `TOOL_SECRET_<NAME>`, the secrets that manifests may name, and `TOOL_SECRET_<NAME>_HOSTS`, where each may go.
/// Both may be given as a file, `…_FILE`.
enum ToolSecretVariables {
  private static let prefix = "TOOL_SECRET_"
  private static let hosts = "_HOSTS"
  private static let file = "_FILE"

  static func read(_ environment: [String: String], _ reader: inout ConfigurationReader) -> [ToolSecret] {
    // What is set to nothing is not set.
    let variables = Set(
      environment.filter { $0.key.hasPrefix(prefix) && !$0.value.isEmpty }.keys
        .map { $0.hasSuffix(file) ? String($0.dropLast(file.count)) : $0 })
    let names = variables.filter { !$0.hasSuffix(hosts) }
    for variable in variables.subtracting(names).sorted() where !names.contains(String(variable.dropLast(hosts.count)))
    {
      reader.problem(variable, "says where \(variable.dropLast(hosts.count)) may be sent, which is not set")
    }
    return names.sorted().compactMap { secret($0, &reader) }
  }

  private static func secret(_ variable: String, _ reader: inout ConfigurationReader) -> ToolSecret? {
    let name = String(variable.dropFirst(prefix.count))
    guard NameGrammar.problem(in: name) == nil else {
      reader.problem(variable.shortened, "is not a secret's name; use TOOL_SECRET_ and 1 to 128 of A-Z a-z 0-9 . _ -")
      return nil
    }
    guard let value = reader.sources.text(named: variable, &reader.problems), !value.isEmpty else { return nil }
    if value.utf8.count < Redactor.leastBytes {
      reader.warnings.append(
        "\(variable) is shorter than \(Redactor.leastBytes) bytes, so it cannot be hidden where it is told")
    }
    guard let text = reader.sources.text(named: variable + hosts, &reader.problems) else {
      reader.warnings.append(
        "\(variable) is not bound to a host, so no tool gets it; set \(variable)\(hosts) to where it may be sent")
      return ToolSecret(name: name, value: value, bindings: [])
    }
    let entries = text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    let bindings = entries.compactMap { entry in
      let binding = ToolSecret.Binding(entry)
      if binding == nil {
        reader.problem(
          variable + hosts,
          "'\(entry.shortened)' is not one of: api.example.com, api.example.com:8443, *.example.com, tool:ID")
      }
      return binding
    }
    return ToolSecret(name: name, value: value, bindings: bindings)
  }
}
