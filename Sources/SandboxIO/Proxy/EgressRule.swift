package import SandboxCore

/// One entry of the list of hosts that a tool's process may reach.
///
/// - `api.example.com` is that host only, `*.example.com` every host below it and not `example.com` itself.
/// - `192.0.2.1` and `[2001:db8::1]` are addresses. Nothing else allows a host that is given as an address.
/// - `api.example.com:8443` is that port only; without a port, 80 and 443.
package struct EgressRule: Sendable, Hashable {
  private enum Host: Hashable {
    case name(String)
    case below(String)
    case address(IPAddress)
  }

  private static let defaultPorts = [80, 443]

  private let host: Host
  private let port: Int?

  /// - Throws: `.invalidArgument`, saying what is wrong with the entry.
  package init(_ text: String) throws(SandboxError) {
    func invalid(_ problem: String) -> SandboxError {
      SandboxError(
        .invalidArgument,
        "the host \"\(text.excerpt(80))\" \(problem); write api.example.com, *.example.com or api.example.com:8443")
    }
    if let problem = Self.problem(inText: text) { throw invalid(problem) }
    guard let (part, port) = HostAndPort.split(text.lowercased()) else { throw invalid("has no valid port") }
    self.port = port
    if let address = IPAddress(part) {
      host = .address(address)
      return
    }
    guard !part.contains(":"), !text.hasPrefix("[") else { throw invalid("is not an IP address") }
    let name = part.hasSuffix(".") ? String(part.dropLast()) : part
    let isDomain = name.hasPrefix("*.")
    let rest = isDomain ? String(name.dropFirst(2)) : name
    if let problem = Self.problem(inName: rest) { throw invalid(problem) }
    guard !isDomain || rest.contains(".") else { throw invalid("is nearly everything: name at least two labels") }
    host = isDomain ? .below(rest) : .name(rest)
  }

  func allows(_ destination: EgressDestination) -> Bool {
    allows(host: destination)
      && (port.map { $0 == destination.port } ?? Self.defaultPorts.contains(destination.port))
  }

  private func allows(host destination: EgressDestination) -> Bool {
    switch host {
    case .address(let address): destination.address == address
    case .name(let name): destination.address == nil && destination.host == name
    case .below(let name): destination.address == nil && destination.host.hasSuffix("." + name)
    }
  }

  private static func problem(inText text: String) -> String? {
    if text.isEmpty { return "is empty" }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      return "has characters that no host has (a name must be in ASCII: xn--…)"
    }
    if text.contains("://") { return "has a scheme; leave it out" }
    if text.contains("@") { return "has credentials; leave them out" }
    if text.contains("/") || text.contains("?") || text.contains("#") { return "has a path or a network's length" }
    return text == "*" || text.hasPrefix("*:") ? "is everything" : nil
  }

  private static func problem(inName name: String) -> String? {
    if name.contains("*") { return "has * elsewhere than as its first label" }
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    let isName =
      name.utf8.count <= 253
      && labels.allSatisfy { label in
        (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(isAllowed) && label.first != "-"
          && label.last != "-"
      }
    guard isName, let last = labels.last else { return "is neither a host name nor an address" }
    // What ends so is an address to some programs and a name to others.
    let isNumber = last.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return isNumber || last.hasPrefix("0x") ? "is neither a host name nor an address in its usual spelling" : nil
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
