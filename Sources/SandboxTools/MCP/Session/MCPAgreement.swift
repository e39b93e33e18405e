package import SandboxCore

/// What client and server have found out about one another.
package struct MCPAgreement: Sendable, Hashable {
  package let version: MCPVersion
  package let capabilities: JSONObject
  /// Name and version as the server says, for messages; may be empty.
  package let server: String

  init(version: MCPVersion, capabilities: JSONValue?, serverInfo: JSONValue?) {
    self.version = version
    self.capabilities = capabilities?.objectValue ?? [:]
    server = ["name", "version"].compactMap { serverInfo?[$0]?.stringValue?.excerpt(80) }.joined(separator: " ")
  }

  /// Whether the server says when its list of tools changes.
  var announcesToolChanges: Bool { capabilities["tools"]?["listChanged"] == .bool(true) }
}
