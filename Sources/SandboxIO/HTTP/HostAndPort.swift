/// The authority of a URL, without user information.
enum HostAndPort {
  /// `host`, `host:port`, `[v6]`, `[v6]:port` or a bare IPv6 address, the brackets taken off; nil when the port is not one.
  static func split(_ text: String) -> (host: String, port: Int?)? {
    if text.hasPrefix("[") {
      guard let close = text.firstIndex(of: "]") else { return nil }
      let host = String(text[text.index(after: text.startIndex)..<close])
      let rest = text[text.index(after: close)...]
      if rest.isEmpty { return (host, nil) }
      guard rest.first == ":", let port = port(rest.dropFirst()) else { return nil }
      return (host, port)
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    switch parts.count {
    case 1: return (text, nil)
    case 2:
      guard let port = port(parts[1]) else { return nil }
      return (String(parts[0]), port)
    default: return (text, nil)
    }
  }

  private static func port(_ text: Substring) -> Int? {
    guard text.first?.isWholeNumber == true, let port = UInt16(text), port > 0 else { return nil }
    return Int(port)
  }
}
