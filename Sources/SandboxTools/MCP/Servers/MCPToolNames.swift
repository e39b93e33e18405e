import SandboxCore

/// The ids on the bus of a server's tools: `<server>__<tool>` in the characters and the length that every model takes.
///
/// An id depends only on the names, not on their order, so that a resumed session finds its tools again.
enum MCPToolNames {
  static let maximumLength = 64
  private static let hashLength = 8

  /// An id for each name. Names whose ids would be the same, also but for case, are told apart by a hash at the end,
  /// except one that is an id as it stands.
  static func ids(of names: [String], server: String) -> [String: String] {
    let prefix = "\(server)__"
    let groups = Dictionary(grouping: names) { plain(prefix + $0).lowercased() }
    var ids: [String: String] = [:]
    for group in groups.values {
      let exact = group.filter { plain(prefix + $0) == prefix + $0 }
      for name in group {
        let isAlone = group.count == 1 || exact == [name]
        ids[name] = isAlone && fits(prefix + name) ? plain(prefix + name) : hashed(prefix + name)
      }
    }
    return ids
  }

  private static func fits(_ id: String) -> Bool { plain(id).utf8.count <= maximumLength }

  private static func plain(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { isAllowed($0) ? $0 : "_" }))
  }

  private static func hashed(_ text: String) -> String {
    let kept = plain(text).unicodeScalars.prefix(maximumLength - hashLength - 1)
    return "\(String(kept))_\(MCPDigest.text(of: Array(text.utf8)).prefix(hashLength))"
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
  }
}
