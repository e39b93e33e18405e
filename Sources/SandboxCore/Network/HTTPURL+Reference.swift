extension HTTPURL {
  /// What a reference found here means, as a `Location` or a link has one (RFC 3986, section 5.2).
  ///
  /// - Throws: `.invalidArgument` when it leads to something that is not a URL of http or https without credentials.
  package func resolving(_ reference: String) throws(SandboxError) -> HTTPURL {
    let bytes = Array(reference.utf8)[...]
    if Self.hasScheme(bytes) {
      let url = try HTTPURL(reference)
      return HTTPURL(url, target: Self.withoutDots(Array(url.target.utf8)[...]))
    }
    if bytes.starts(with: [.slash, .slash]) {
      let url = try HTTPURL(isSecure: isSecure, hierarchy: bytes.dropFirst(2))
      return HTTPURL(url, target: Self.withoutDots(Array(url.target.utf8)[...]))
    }
    let relative = bytes.prefix { $0 != .hash }
    let base = Array(target.utf8)[...]
    let basePath = base.prefix { $0 != .questionMark }
    switch relative.first {
    case nil: return self
    case .questionMark: return HTTPURL(self, target: (Array(basePath) + relative)[...])
    case .slash: return HTTPURL(self, target: Self.withoutDots(relative))
    default:
      let folder = basePath[...(basePath.lastIndex(of: .slash) ?? basePath.startIndex)]
      return HTTPURL(self, target: Self.withoutDots((Array(folder) + relative)[...]))
    }
  }

  /// Scheme, host and port: who gets what is sent there.
  package func hasSameOrigin(as other: HTTPURL) -> Bool {
    isSecure == other.isSecure && host == other.host && port == other.port
  }

  private static func hasScheme(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let end = bytes.firstIndex(where: { $0 == .colon || $0 == .slash || $0 == .questionMark || $0 == .hash }),
      bytes[end] == .colon, let first = bytes.first
    else { return false }
    return first.isLetter
      && bytes[..<end].allSatisfy {
        $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") || $0 == .dot
      }
  }

  /// RFC 3986, section 5.2.4; only the path, the query stays.
  private static func withoutDots(_ target: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let path = target.prefix { $0 != .questionMark }
    var kept: [ArraySlice<UInt8>] = []
    let segments = path.dropFirst().split(separator: .slash, omittingEmptySubsequences: false)
    for (index, segment) in segments.enumerated() {
      let isLast = index == segments.count - 1
      if segment.elementsEqual([.dot, .dot]) {
        _ = kept.popLast()
        if isLast { kept.append([]) }
      } else if segment.elementsEqual([.dot]) {
        if isLast { kept.append([]) }
      } else {
        kept.append(segment)
      }
    }
    return ([.slash] + kept.joined(separator: [.slash]) + target[path.endIndex...])[...]
  }
}
