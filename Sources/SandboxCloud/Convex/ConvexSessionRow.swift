internal import SandboxCore

/// The origin's session row, of which its runtime makes its configuration.
enum ConvexSessionRow {
  /// The configuration that a reply `{session, artifacts, isActive}` describes; nil when it has no session.
  ///
  /// The row's own `sessionId` is a UUID, but calls name a session by the row's id, which is the one we were started with.
  static func configuration(_ reply: JSONValue, of session: SessionID) -> JSONValue? {
    guard let row = reply["session"]?.objectValue else { return nil }
    var configuration: JSONObject = ["sessionId": .string(session.rawValue)]
    let agent = row["agentConfig"]
    for key in ["workspaceId", "userId", "sandboxId", "localConvexUrl", "mode", "toolManifests", "executionLimits"] {
      configuration[key] = row[key]
    }
    for key in ["model", "temperature", "maxTokens"] { configuration[key] = agent?[key] }
    configuration["userRequest"] = row["metadata"]?["userRequest"]
    return .object(configuration)
  }
}
