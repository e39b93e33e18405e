import SandboxCore

/// How a server's tools differ from what they were.
struct MCPChanges: Sendable {
  var changed: [(id: ToolID, digest: String)] = []
  var gone: [ToolID] = []
  /// As the server calls them.
  var added: [String] = []

  private static let maximumNamed = 50

  var isEmpty: Bool { changed.isEmpty && gone.isEmpty && added.isEmpty }

  /// What watchers are told.
  func announcement(server: ToolID, areAccepted: Bool) -> Announcement {
    func list(_ values: [JSONValue]) -> JSONValue { .array(Array(values.prefix(Self.maximumNamed))) }
    return Announcement(
      "mcp_tools_changed",
      [
        "server": .string(server.rawValue),
        "changed": list(
          changed.sorted { $0.id < $1.id }.map { ["tool": .string($0.id.rawValue), "digest": .string($0.digest)] }),
        "quarantined": .bool(!areAccepted && !changed.isEmpty),
        "gone": list(gone.sorted().map { .string($0.rawValue) }),
        "added": list(added.map { .string($0.excerpt(128)) }),
      ])
  }
}
