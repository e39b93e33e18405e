/// Host and port of a URL (RFC 3986, section 3.2), without what is not needed and only invites trouble: credentials,
/// percent-encoding, and anything that is not ASCII.
enum HTTPURLAuthority {
  static func parse(_ bytes: ArraySlice<UInt8>, defaultPort: Int) throws(SandboxError) -> (host: String, port: Int) {
    guard !bytes.contains(UInt8(ascii: "@")) else {
      throw SandboxError(.invalidArgument, "a URL must not hold credentials; send them in a header")
    }
    let (host, rest) = split(bytes)
    guard let host, let port = port(rest, defaultPort) else {
      let shown = String(decoding: bytes, as: UTF8.self).excerpt(80)
      throw SandboxError(
        .invalidArgument, "a URL has no valid host and port: \"\(shown)\"; a name must be in ASCII (xn--…)")
    }
    return (host, port)
  }

  private static func split(_ bytes: ArraySlice<UInt8>) -> (host: String?, rest: ArraySlice<UInt8>) {
    if bytes.first == UInt8(ascii: "[") {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { return (nil, []) }
      let inner = bytes[bytes.startIndex + 1..<close]
      let isAddress =
        (2...45).contains(inner.count) && inner.contains(.colon)
        && inner.allSatisfy { $0.isHexDigit || $0 == .colon || $0 == .dot }
      return (isAddress ? String(decoding: inner, as: UTF8.self).lowercased() : nil, bytes[close...].dropFirst())
    }
    let end = bytes.firstIndex(of: .colon) ?? bytes.endIndex
    return (name(bytes[..<end]), bytes[end...])
  }

  private static func name(_ bytes: ArraySlice<UInt8>) -> String? {
    let name = bytes.last == .dot ? bytes.dropLast() : bytes
    guard (1...253).contains(name.count) else { return nil }
    let labels = name.split(separator: .dot, omittingEmptySubsequences: false)
    guard labels.allSatisfy({ (1...63).contains($0.count) && $0.allSatisfy(\.isAllowedInName) }) else { return nil }
    return String(decoding: name, as: UTF8.self).lowercased()
  }

  private static func port(_ rest: ArraySlice<UInt8>, _ defaultPort: Int) -> Int? {
    guard let first = rest.first else { return defaultPort }
    let digits = rest.dropFirst()
    guard first == .colon, digits.allSatisfy(\.isDigit) else { return nil }
    if digits.isEmpty { return defaultPort }
    guard let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0 else { return nil }
    return Int(port)
  }
}
