import SandboxCore

/// What a tool of a server becomes on the bus: what the manifest says of this tool, else of the server, and only then
/// what the server says of itself.
struct MCPDefinition {
  private static let maximumDescriptionBytes = 4 << 10

  private let remote: MCPRemoteTool
  private let named: MCPServerSpec.Tool?
  private let server: ToolDefinition
  private let spec: MCPServerSpec

  /// - Parameter server: what the manifest says of all tools.
  init(_ remote: MCPRemoteTool, _ named: MCPServerSpec.Tool?, _ server: ToolDefinition, _ spec: MCPServerSpec) {
    self.remote = remote
    self.named = named
    self.server = server
    self.spec = spec
  }

  var pin: String? { named?.pin?.lowercased() }

  /// - Parameter isAccepted: false for a definition other than the reviewed one: no word of it comes before a model.
  func definition(id: ToolID, isAccepted: Bool) -> ToolDefinition {
    ToolDefinition(
      // A manifest that stands for one tool has named it.
      id: id, name: id == server.id ? server.name : nil, version: server.version,
      description: isAccepted ? description : "In quarantine: not to be called.",
      category: named?.category ?? server.category, parameters: isAccepted ? remote.inputSchema : ["type": "object"],
      returns: isAccepted ? remote.outputSchema : nil, effect: effect, rateLimit: server.rateLimit,
      costPerRequest: server.costPerRequest, timeout: server.timeout, approval: named?.approval ?? server.approval,
      fallback: server.fallback, hosts: server.hosts, traits: server.hosts.isEmpty ? [] : .callsAPI,
      group: server.id.rawValue, breaker: server.breaker, hedge: server.hedge, source: server.source)
  }

  /// The server's own words come bounded, and without characters that nobody would see.
  private var description: String {
    if let own = named?.description { return own }
    let text = [remote.description, remote.title, remote.annotations?["title"]?.stringValue].lazy.compactMap(\.self)
      .first { !$0.allSatisfy(\.isWhitespace) }
    let visible = (text ?? remote.name).unicodeScalars
      .filter { ![.format, .privateUse].contains($0.properties.generalCategory) }
    return ToolText(String(String.UnicodeScalarView(visible)), limit: Self.maximumDescriptionBytes).text
  }

  private var effect: ToolEffect {
    if let effect = named?.effect { return effect }
    guard spec.trustsAnnotations, let promised = remote.promisedEffect else { return server.effect }
    // The cases go from the mildest to the worst.
    let order = ToolEffect.allCases
    return order.first { $0 == promised || $0 == server.effect } ?? server.effect
  }
}
