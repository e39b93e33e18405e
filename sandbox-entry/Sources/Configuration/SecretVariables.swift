/// Which variables are secrets: ours, the tools', and whatever is named like one.
enum SecretVariables {
  private static let ours = Set(Variable.allCases.filter(\.isSecret).map(\.rawValue))

  static func contains(_ name: String) -> Bool {
    if ours.contains(name) || name.hasPrefix("TOOL_SECRET_") && !name.hasSuffix("_HOSTS") { return true }
    return ["_API_KEY", "_TOKEN", "_SECRET", "_PASSWORD", "_DEPLOY_KEY"].contains { name.hasSuffix($0) }
  }
}
