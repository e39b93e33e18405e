/// Which variables are secrets: ours, the tools', and whatever is named like one.
enum SecretVariables {
  private static let ours = Set(Variable.allCases.filter(\.isSecret).map(\.rawValue))
  private static let words = ["SECRET", "PASSWORD", "PASSWD", "CREDENTIAL"]
  /// A proxy's address may have a user's name and password in it.
  private static let endings = ["_KEY", "_TOKEN", "_PROXY"]

  static func contains(_ name: String) -> Bool {
    if ours.contains(name) { return true }
    let name = name.uppercased()
    // These only say where something is, or who may have it.
    if name.hasSuffix("_FILE") || name.hasPrefix("TOOL_SECRET_") && name.hasSuffix("_HOSTS") { return false }
    return words.contains { name.contains($0) } || endings.contains { name.hasSuffix($0) }
  }
}
