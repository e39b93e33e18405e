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
  package let approval: ToolApproval
  /// Ids or names of tools to call instead when this one fails, in order.
  package let fallback: [String]
  /// The URLs that its calls go to; empty when it calls none, or nobody knows.
  package let hosts: [String]
  /// Whether it takes one of the session's tool permits, calls an external API, or may run as long as the session.
  package let traits: Traits
  /// Tools with the same group have the same other side, as those of one MCP server: a breaker and a width of their own.
  package let group: String
  /// When it is switched off; nil: ``Breaker/standard``.
  package let breaker: Breaker?
  /// A second attempt is started when the first has given nothing after this time. Only honoured when the effect is
  /// `pure`; both attempts are paid for. Nil: never.
  package let hedge: Duration?
  /// Where it came from, for messages; empty for the runtime's own.
  package let source: String

  package init(
    id: ToolID, name: String? = nil, version: String = "1.0.0", description: String, category: String,
    parameters: JSONValue, returns: JSONValue? = nil, effect: ToolEffect = .unsafe, rateLimit: RateLimit? = nil,
    costPerRequest: Money = .zero, timeout: Duration? = nil, approval: ToolApproval = .never,
    fallback: [String] = [], hosts: [String] = [], traits: Traits = [], group: String? = nil,
    breaker: Breaker? = nil, hedge: Duration? = nil, source: String = ""
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
    self.approval = approval
    self.fallback = fallback
    self.hosts = hosts
    self.traits = traits
    self.group = group ?? id.rawValue
    self.breaker = breaker
    self.hedge = hedge
    self.source = source
  }
}
