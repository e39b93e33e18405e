package import SandboxCore

/// An MCP server, and which of its tools come onto the bus.
package struct MCPServerSpec: Sendable, Hashable {
  package enum Endpoint: Sendable, Hashable {
    /// A program that speaks over its standard streams: absolute path and arguments; literal variables, and variables
    /// whose values are secrets by name.
    case command(argv: [String], environment: [String: String], secrets: [String: String])
    /// A Streamable HTTP endpoint with fixed headers.
    case url(String, headers: [HTTPHeader], credential: Credential?)
  }

  /// Which generation of the protocol to speak; `auto` finds out.
  package enum Era: String, Sendable, Hashable, CaseIterable { case auto, modern, legacy }

  /// What happens to a tool whose definition is another than before.
  package enum OnChange: String, Sendable, Hashable, CaseIterable {
    /// Calls are refused until the manifest pins the new definition.
    case quarantine
    case accept
  }

  package struct Tool: Sendable, Hashable {
    /// As the server calls it.
    package var remoteName: String
    /// On the bus; nil: made of the server's id and the remote name.
    package var id: String?
    package var category: String?
    package var effect: ToolEffect?
    package var approval: ToolApproval?
    package var description: String?
    /// The definition that was reviewed: `sha256:` and 64 hexadecimal digits.
    package var pin: String?

    package init(
      remoteName: String, id: String? = nil, category: String? = nil, effect: ToolEffect? = nil,
      approval: ToolApproval? = nil, description: String? = nil, pin: String? = nil
    ) {
      self.remoteName = remoteName
      self.id = id
      self.category = category
      self.effect = effect
      self.approval = approval
      self.description = description
      self.pin = pin
    }
  }

  package var endpoint: Endpoint
  package var era: Era
  /// Empty with ``includesAll``: every tool that the server lists.
  package var tools: [Tool]
  /// Whether tools that are not named come, too (`"tools": ["*"]`).
  package var includesAll: Bool
  /// Whether `readOnlyHint` and `idempotentHint` may make a tool's effect milder than the manifest's.
  package var trustsAnnotations: Bool
  package var onChange: OnChange
  package var startupTimeout: Duration
  package var callTimeout: Duration?
  /// The program and its script as they were when the manifest was loaded. Once they are others, it is not started.
  package var pinned: [PinnedFile]
  /// What its program may have beyond what every program gets.
  package var grants: ToolGrants

  package init(
    endpoint: Endpoint, era: Era = .auto, tools: [Tool] = [], includesAll: Bool = true,
    trustsAnnotations: Bool = false, onChange: OnChange = .quarantine, startupTimeout: Duration = .seconds(30),
    callTimeout: Duration? = nil, pinned: [PinnedFile] = [], grants: ToolGrants = .server
  ) {
    self.endpoint = endpoint
    self.era = era
    self.tools = tools
    self.includesAll = includesAll
    self.trustsAnnotations = trustsAnnotations
    self.onChange = onChange
    self.startupTimeout = startupTimeout
    self.callTimeout = callTimeout
    self.pinned = pinned
    self.grants = grants
  }
}
