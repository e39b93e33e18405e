package import SandboxCore

/// A checked address of a Convex deployment, with what is needed to call it.
package struct ConvexConfiguration: Sendable, Hashable {
  /// Without a slash at the end.
  package let url: String
  package let credential: ConvexCredential
  package let functions: ConvexFunctions
  /// For one call.
  package var timeout: Duration = .seconds(30)
  /// Bytes of artifact content in one call, well under the 16 MiB that a request may have.
  package var maximumCallBytes = 8 << 20

  /// - Throws: `.invalidArgument` unless `url` is the address of a host over http or https; nothing is sent.
  package init(
    url: String, credential: ConvexCredential = .anonymous, functions: ConvexFunctions = .seed
  ) throws(SandboxError) {
    var url = url[...]
    while url.hasSuffix("/") { url = url.dropLast() }
    let scheme = url.prefix(8).lowercased()
    let host = scheme.hasPrefix("https://") ? url.dropFirst(8) : scheme.hasPrefix("http://") ? url.dropFirst(7) : ""
    let isClean = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
    guard let first = host.first, first != "/", first != ":", isClean, !host.contains("@") else {
      throw SandboxError(
        .invalidArgument,
        "\"\(String(url).excerpt(80))\" is not the address of a deployment; expected https://NAME.convex.cloud")
    }
    self.url = String(url)
    self.credential = credential
    self.functions = functions
  }
}
