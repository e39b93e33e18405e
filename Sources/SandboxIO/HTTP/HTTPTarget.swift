internal import SandboxCore

/// Where a request goes, as much of it as routing and error messages need.
struct HTTPTarget: Sendable, Hashable {
  let isSecure: Bool
  let host: String
  let port: Int

  /// Path, query and user information are left out: they may hold secrets.
  var origin: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(isSecure ? "https" : "http")://\(name):\(port)"
  }

  /// - Throws: `.invalidArgument` unless the URL is an absolute one of `http` or `https` with a host.
  init(url: String) throws(SandboxError) {
    let lowercased = url.prefix(8).lowercased()
    let rest: Substring
    if lowercased.hasPrefix("http://") {
      (isSecure, rest) = (false, url.dropFirst(7))
    } else if lowercased.hasPrefix("https://") {
      (isSecure, rest) = (true, url.dropFirst(8))
    } else {
      throw SandboxError(.invalidArgument, "a URL must begin with http:// or https://")
    }
    var authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
    guard let (host, port) = HostAndPort.split(String(authority)), !host.isEmpty else {
      throw SandboxError(.invalidArgument, "a URL has no valid host and port: \(String(authority).excerpt(80))")
    }
    self.host = host
    self.port = port ?? (isSecure ? 443 : 80)
  }
}
