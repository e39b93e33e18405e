import SandboxCore

/// A URL as a manifest may name it (RFC 3986): http or https, a literal host, no user information, no fragment.
struct ManifestURL {
  /// The URL without its query.
  let base: String
  /// Scheme, host and port.
  let place: HTTPURL
  /// Names in `{name}` within the path.
  let placeholders: [String]
  /// The literal query, decoded.
  let query: [(name: String, value: String)]

  struct Problem: Error { let reason: String }

  private static let maximumBytes = 8 << 10

  init(_ text: String) throws(Problem) {
    guard text.utf8.count <= Self.maximumBytes else {
      throw Problem(reason: "is longer than \(Self.maximumBytes) bytes")
    }
    let start = text.prefix(8).lowercased()
    let isSecure = start.hasPrefix("https://")
    guard isSecure || start.hasPrefix("http://") else {
      throw Problem(reason: "\(Self.shown(text)) must begin with https:// or http://; the scheme is not a parameter")
    }
    let rest = text.dropFirst(isSecure ? 8 : 7)
    guard !rest.contains("#") else { throw Problem(reason: "must not have a fragment (\"#…\"); servers never see it") }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    place = try Self.place(authority, isSecure: isSecure)
    let tail = rest[authority.endIndex...]
    let path = tail.prefix { $0 != "?" }
    placeholders = try Self.checkedPath(String(path))
    query = try Self.checkedQuery(tail[path.endIndex...].dropFirst())
    base = String(text[..<path.endIndex])
  }

  /// Whether a request to it does not leave this machine.
  var isLoopback: Bool {
    if place.host == "localhost" || place.host == "::1" { return true }
    let parts = place.host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  // MARK: - Host

  private static func place(_ authority: Substring, isSecure: Bool) throws(Problem) -> HTTPURL {
    guard !authority.contains("@") else {
      throw Problem(reason: "must not contain a user or a password; name a secret in /credentials")
    }
    guard !authority.contains("{") else {
      throw Problem(reason: "the host and the port must be literal; only the path may have {parameters}")
    }
    do throws(SandboxError) {
      return try HTTPURL("\(isSecure ? "https" : "http")://\(authority)")
    } catch {
      throw Problem(
        reason: "\(shown(String(authority))) is not a host and a port; a host is a name of letters, digits, \"-\" and "
          + "\".\" (others as xn--…) or an address, a port is from 1 to 65535")
    }
  }

  // MARK: - Path and query

  private static func checkedPath(_ path: String) throws(Problem) -> [String] {
    let (names, literal) = Placeholder.split(path)
    try checkCharacters(literal)
    for segment in literal.split(separator: "/") {
      let dots = decoded(segment)
      if dots == ".." || dots == "." {
        throw Problem(reason: "its path must not contain \"\(dots ?? "..")\"; write the path that is meant")
      }
    }
    return names
  }

  private static func checkedQuery(_ query: Substring) throws(Problem) -> [(name: String, value: String)] {
    guard Placeholder.first(in: String(query)) == nil else {
      throw Problem(reason: "its query must be literal; put parameters into \"query\": {\"name\": \"{parameter}\"}")
    }
    try checkCharacters(String(query))
    return query.split(separator: "&").map { field in
      let name = field.prefix { $0 != "=" }
      return (text(name), text(field[name.endIndex...].dropFirst()))
    }
  }

  private static func checkCharacters(_ text: String) throws(Problem) {
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      if byte == UInt8(ascii: "%") {
        guard let high = bytes.next(), let low = bytes.next(), hexDigit(high) != nil, hexDigit(low) != nil else {
          throw Problem(reason: "\"%\" must be followed by two hexadecimal digits")
        }
        continue
      }
      guard isAlphanumeric(byte) || "-._~!$&'()*+,;=:@/?".utf8.contains(byte) else {
        let scalar = text.unicodeScalars.first { !$0.isASCII || $0.utf8.elementsEqual([byte]) }
        throw Problem(
          reason: "\(JSONValue.string(scalar.map { String($0) } ?? "?").briefText) may not be in a URL; write it as %XX"
        )
      }
    }
  }

  private static func text(_ part: Substring) -> String {
    let spaced = part.split(separator: "+", omittingEmptySubsequences: false).joined(separator: " ")
    return decoded(spaced[...]) ?? spaced
  }

  /// Without percent encoding; nil when that is not UTF-8.
  private static func decoded(_ text: Substring) -> String? {
    var result: [UInt8] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      guard byte == UInt8(ascii: "%"), let high = bytes.next().flatMap(hexDigit),
        let low = bytes.next().flatMap(hexDigit)
      else {
        result.append(byte)
        continue
      }
      result.append(high << 4 | low)
    }
    return String(validating: result, as: UTF8.self)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  private static func shown(_ text: String) -> String { JSONValue.string(text).briefText }
}
