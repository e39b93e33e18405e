package import SandboxCore

/// A tool on the bus: what a manifest became.
package struct ToolDefinition: Sendable, Hashable {
  package let id: ToolID
  package let name: String
  package let version: String
  package let description: String
  /// `research`, `content`, `analytics`, `integration`, `execution`; `session` for the runtime's own.
  package let category: String
  /// JSON Schema of the arguments: an object.
  package let parameters: JSONValue
  package let returns: JSONValue?
  package let effect: ToolEffect
  package let rateLimit: RateLimit?
  /// Reserved before each call and charged for each attempt that ran.
  package let costPerRequest: Money
  /// Nil: the bus's default. Never more than the bus allows.
  package let timeout: Duration?
  /// Whether it takes one of the session's tool permits, calls an external API, or may run as long as the session.
  package let traits: Traits
  /// Where it came from, for messages; empty for the runtime's own.
  package let source: String

  package struct RateLimit: Sendable, Hashable {
    package let requestsPerMinute: Int
    package let burst: Int

    package init(requestsPerMinute: Int, burst: Int) {
      self.requestsPerMinute = requestsPerMinute
      self.burst = burst
    }
  }

  package struct Traits: OptionSet, Sendable, Hashable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    /// Takes no tool permit: it only reads the session's own state, or waits for agents, which have permits of their
    /// own.
    package static let unmetered = Traits(rawValue: 1)
    /// Counts as a call to an API for the session's calls per minute.
    package static let callsAPI = Traits(rawValue: 2)
    /// Is not stopped by the tool timeout but only with the session, as a delegation.
    package static let untimed = Traits(rawValue: 4)
  }

  package init(
    id: ToolID, name: String? = nil, version: String = "1.0.0", description: String, category: String,
    parameters: JSONValue, returns: JSONValue? = nil, effect: ToolEffect = .unsafe, rateLimit: RateLimit? = nil,
    costPerRequest: Money = .zero, timeout: Duration? = nil, traits: Traits = [], source: String = ""
  ) {
    self.id = id
    self.name = name ?? id.rawValue
    self.version = version
    self.description = description
    self.category = category
    self.parameters = parameters
    self.returns = returns
    self.effect = effect
    self.rateLimit = rateLimit
    self.costPerRequest = costPerRequest
    self.timeout = timeout
    self.traits = traits
    self.source = source
  }
}
