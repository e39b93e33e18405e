extension ToolSecret.Binding {
  /// Reads `api.example.com`, `api.example.com:8443`, `192.0.2.1`, `[2001:db8::1]:443`, `*.example.com`,
  /// `*.example.com:8443` or `tool:ID`; nil for anything else, as for addresses with a scheme or a path, and for domains
  /// that are everybody's, as `*.com`.
  package init?(_ text: String) {
    if text.hasPrefix("tool:") {
      let id = String(text.dropFirst(5))
      guard NameGrammar.problem(in: id) == nil else { return nil }
      self = .tool(id)
      return
    }
    let isDomain = text.hasPrefix("*.")
    guard let (host, port) = Self.split(isDomain ? text.dropFirst(2) : text[...]) else { return nil }
    if isDomain {
      guard host.contains("."), !host.contains(":"), Self.isName(host) else { return nil }
      self = .domain(host, port: port)
    } else {
      self = .host(host, port: port)
    }
  }

  private static func split(_ text: Substring) -> (host: String, port: Int?)? {
    if text.first == "[" {
      guard let close = text.firstIndex(of: "]") else { return nil }
      let host = text[text.index(after: text.startIndex)..<close].lowercased()
      let rest = text[text.index(after: close)...]
      guard host.contains(":"), host.utf8.allSatisfy(addressCharacters.contains) else { return nil }
      if rest.isEmpty { return (host, nil) }
      guard rest.first == ":", let port = port(rest.dropFirst()) else { return nil }
      return (host, port)
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let host = parts[0].lowercased()
    guard parts.count <= 2, isName(host) else { return nil }
    guard parts.count == 2 else { return (host, nil) }
    return port(parts[1]).map { (host, $0) }
  }

  /// Labels of 1 to 63 letters, digits and hyphens (RFC 1123), with underscores as names in containers have them.
  private static func isName(_ host: String) -> Bool {
    host.utf8.count <= 253
      && host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
        (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(ByteClass.word.contains)
          && label.first != "-" && label.last != "-"
      }
  }

  private static func port(_ text: Substring) -> Int? {
    guard text.utf8.allSatisfy(ByteClass.digits.contains), let port = UInt16(text), port > 0 else { return nil }
    return Int(port)
  }

  private static let addressCharacters = ByteClass.hexadecimal.adding(":.")
}
