import SandboxCore

/// Which HTTP headers a manifest may set (RFC 9110, 5.1 and 5.5).
enum HeaderRules {
  private static let maximumBytes = 8 << 10
  /// Those that say where a message goes and where it ends.
  private static let own: Set<String> = [
    "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te",
    "trailer", "transfer-encoding", "upgrade",
  ]

  static func problem(name: String) -> String? {
    if let reason = credentialProblem(name: name) { return reason }
    guard name.lowercased() != "authorization" else {
      return "\(name) must not be in a manifest; name a secret in /credentials"
    }
    return nil
  }

  /// The same for a header that carries a secret.
  static func credentialProblem(name: String) -> String? {
    guard HTTPHeader.isToken(name), name.utf8.count <= 256 else {
      return "\(JSONValue.string(name).briefText) is not the name of a header"
    }
    if own.contains(name.lowercased()) { return "\(name) is set by the runtime; leave it out" }
    return nil
  }

  static func problem(value: String) -> String? {
    guard value.utf8.allSatisfy({ $0 == 0x09 || (0x20...0x7e).contains($0) }) else {
      return "must be printable ASCII on one line"
    }
    return value.utf8.count > maximumBytes ? "is longer than \(maximumBytes) bytes" : nil
  }
}
