import SandboxIO

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

  /// What must not be told of the environment. Of a proxy's address that is only its credentials.
  static func values(in environment: [String: String]) -> [String] {
    environment.filter { contains($0.key) }.flatMap { name, value in
      name.uppercased().hasSuffix("_PROXY") ? credentials(inAddress: value) : [value]
    }
  }

  /// `user:password`, which is what is sent, and the password alone; as they are written, and decoded.
  private static func credentials(inAddress address: String) -> [String] {
    let rest = address.firstRange(of: "://").map { address[$0.upperBound...] } ?? address[...]
    guard let at = rest.prefix(while: { $0 != "/" }).lastIndex(of: "@") else { return [] }
    let both = String(rest[..<at])
    return [both, PercentEncoding.decode(both)].flatMap { text in
      [text] + (text.firstIndex(of: ":").map { [String(text[text.index(after: $0)...])] } ?? [])
    }
  }
}
