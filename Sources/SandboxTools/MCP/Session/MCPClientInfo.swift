import SandboxCore

/// How we introduce ourselves.
package struct MCPClientInfo: Sendable, Hashable {
  package static let runtime = MCPClientInfo(name: "sandbox-entry", version: "1.0")

  package let name: String
  package let version: String

  package init(name: String, version: String) {
    self.name = name
    self.version = version
  }

  var json: JSONValue { ["name": .string(name), "version": .string(version)] }
}
