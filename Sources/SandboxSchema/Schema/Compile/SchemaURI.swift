/// An absolute or relative URI without its fragment, and how references are resolved against it (RFC 3986, 5.2).
struct SchemaURI: Sendable, Hashable {
  let text: String

  /// Bytes; longer ones are refused, so that resolving many of them stays cheap.
  static let maximumLength = 4_096

  init(_ text: String) { self.text = text }

  /// A reference as its URI and, after `#`, its fragment.
  static func split(_ reference: String) -> (uri: String, fragment: String) {
    guard let border = reference.utf8.firstIndex(of: UInt8(ascii: "#")) else { return (reference, "") }
    return (String(reference[..<border]), String(reference[reference.utf8.index(after: border)...]))
  }

  func resolving(_ reference: String) -> SchemaURI {
    var target = Parts(reference)
    if target.scheme == nil {
      let base = Parts(text)
      target.scheme = base.scheme
      if target.authority == nil {
        target.authority = base.authority
        if target.path.isEmpty {
          target.path = base.path
          if target.query == nil { target.query = base.query }
        } else if !target.path.hasPrefix("/") {
          target.path = base.directory + target.path
        }
      }
    }
    return SchemaURI(target.text)
  }

  private struct Parts {
    var scheme: String?
    var authority: String?
    var path: String
    var query: String?

    init(_ text: String) {
      var rest = text[...]
      if let colon = rest.firstIndex(where: { ":/?".contains($0) }), rest[colon] == ":",
        let first = rest.unicodeScalars.first, first.properties.isAlphabetic
      {
        scheme = String(rest[..<colon])
        rest = rest[rest.index(after: colon)...]
      }
      if let mark = rest.firstIndex(of: "?") {
        query = String(rest[rest.index(after: mark)...])
        rest = rest[..<mark]
      }
      if rest.hasPrefix("//") {
        rest = rest.dropFirst(2)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        authority = String(rest[..<end])
        rest = rest[end...]
      }
      path = String(rest)
    }

    /// The path up to and with its last slash.
    var directory: String {
      if let slash = path.lastIndex(of: "/") { return String(path[...slash]) }
      return authority == nil ? "" : "/"
    }

    var text: String {
      (scheme.map { "\($0):" } ?? "") + (authority.map { "//\($0)" } ?? "") + Self.withoutDots(path)
        + (query.map { "?\($0)" } ?? "")
    }

    private static func withoutDots(_ path: String) -> String {
      guard path.hasPrefix("/") || path.hasPrefix(".") || path.contains("/.") else { return path }
      var kept: [Substring] = []
      let segments = path.split(separator: "/", omittingEmptySubsequences: false)
      for (position, segment) in segments.enumerated() {
        let isLast = position == segments.count - 1
        switch segment {
        case ".": if isLast { kept.append("") }
        case "..":
          if kept.count > 1 || kept.first?.isEmpty == false { kept.removeLast() }
          if isLast { kept.append("") }
        default: kept.append(segment)
        }
      }
      return kept.joined(separator: "/")
    }
  }
}
