/// An absolute URL of http or https in the one spelling that is sent: everything else that takes it apart later sees the
/// same host, port and path.
///
/// The host is in lower case, without a final dot, and in ASCII; in path and query, bytes that RFC 3986 does not allow
/// are percent-encoded. A fragment is dropped.
package struct HTTPURL: Sendable, Hashable {
  package let isSecure: Bool
  /// Without brackets.
  package var host: String
  package let port: Int
  /// Path and query; begins with a slash.
  package let target: String

  /// - Throws: `.invalidArgument` when the text is no such URL, or holds credentials.
  package init(_ text: String) throws(SandboxError) {
    let bytes = Array(text.utf8)[...]
    let isSecure = bytes.hasPrefix(ignoringCase: "https://")
    guard isSecure || bytes.hasPrefix(ignoringCase: "http://") else {
      throw SandboxError(.invalidArgument, "a URL must begin with http:// or https://")
    }
    try self.init(isSecure: isSecure, hierarchy: bytes.dropFirst(isSecure ? 8 : 7))
  }

  /// - Parameter hierarchy: what follows the two slashes.
  init(isSecure: Bool, hierarchy: ArraySlice<UInt8>) throws(SandboxError) {
    let end = hierarchy.firstIndex { $0 == .slash || $0 == .questionMark || $0 == .hash } ?? hierarchy.endIndex
    self.isSecure = isSecure
    (host, port) = try HTTPURLAuthority.parse(hierarchy[..<end], defaultPort: isSecure ? 443 : 80)
    target = Self.target(hierarchy[end...])
  }

  init(_ base: HTTPURL, target: ArraySlice<UInt8>) {
    isSecure = base.isSecure
    host = base.host
    port = base.port
    self.target = Self.target(target)
  }

  /// Path, query and fragment as they are sent.
  private static func target(_ bytes: ArraySlice<UInt8>) -> String {
    let kept = bytes.prefix { $0 != .hash }
    var result: [UInt8] = kept.first == .slash ? [] : [.slash]
    var index = kept.startIndex
    while index < kept.endIndex {
      let byte = kept[index]
      if byte == .percent, kept[index...].dropFirst().prefix(2).count(where: \.isHexDigit) == 2 {
        result += kept[index..<index + 3]
        index += 3
        continue
      }
      if byte.isAllowedInTarget { result.append(byte) } else { result += byte.percentEncoded }
      index += 1
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension HTTPURL: CustomStringConvertible {
  package var description: String { origin(withDefaultPort: false) + target }

  /// Scheme, host and port, for messages: path and query are left out because they may hold secrets.
  package var origin: String { origin(withDefaultPort: true) }

  private func origin(withDefaultPort: Bool) -> String {
    let name = host.contains(":") ? "[\(host)]" : host
    let scheme = isSecure ? "https" : "http"
    let isDefault = port == (isSecure ? 443 : 80)
    return withDefaultPort || !isDefault ? "\(scheme)://\(name):\(port)" : "\(scheme)://\(name)"
  }
}
