import SandboxCore

extension CommandSpec {
  /// The variables that the manifest adds, with the values of its secrets.
  ///
  /// - Throws: `.denied` when a secret is not there or not granted to this tool.
  func variables(for tool: ToolID, secrets store: SecretStore) throws(SandboxError) -> [String: String] {
    var variables = environment
    for (variable, name) in secrets {
      guard let secret = store[name], secret.isBound(toTool: tool.rawValue) else {
        throw SandboxError(
          .denied,
          "\(tool) may not have the secret \(name); set TOOL_SECRET_\(name), and TOOL_SECRET_\(name)_HOSTS to "
            + "\"tool:\(tool)\"")
      }
      variables[variable] = secret.value
    }
    return variables
  }
}
