package import SandboxAgents
package import SandboxCore
package import SandboxTools

/// Everything a session is told from outside, validated. Built once, before anything starts.
package struct SessionConfiguration: Sendable {
  package var sessionID: SessionID
  package var workspaceID = ""
  package var sandboxID = ""
  package var userID = "anonymous"
  package var request: String
  package var mode = Mode.custom
  /// As `AGENT_MODEL` spells it; nil picks the first provider that has a key, else `offline`.
  package var model: String?
  package var temperature: Double?
  /// The meta-agent's instructions; nil uses the built-in ones.
  package var instructions: String?
  /// Empty: one for each category that has tools.
  package var subAgents: [AgentProfile] = []
  package var limits = ExecutionLimits()
  /// From a stop to the process's exit.
  package var shutdownGrace: Duration = .seconds(8)
  /// Manifest files and folders.
  package var manifestPaths: [String] = []
  /// Manifests that came with the session's configuration, each a JSON object.
  package var inlineManifests: [JSONValue] = []
  /// Which tool calls are made without asking anybody.
  package var policy = Policy.manifestsOnly
  /// Names the program for whoever resumes.
  package var program = "sandbox-entry"

  package enum Mode: String, Sendable, Codable, CaseIterable {
    case research, content, analysis, custom
  }

  package init(sessionID: SessionID, request: String) {
    self.sessionID = sessionID
    self.request = request
  }
}
