import SandboxCore

/// The tools of one server that are on the bus. Which ones they are is settled by the first list; what later lists say
/// can only take away.
struct MCPCatalog: Sendable {
  private(set) var tools: [String: MCPTool] = [:]
  /// In the server's order.
  private(set) var definitions: [(remoteName: String, definition: ToolDefinition)] = []
  private(set) var problems: [String] = []
  private let spec: MCPServerSpec
  /// Names that were announced as new.
  private var announced: Set<String> = []

  init(_ list: MCPToolList, _ server: ToolDefinition, _ spec: MCPServerSpec) {
    self.spec = spec
    problems = list.problems
    let named = Dictionary(spec.tools.map { ($0.remoteName, $0) }) { first, _ in first }
    let wanted = list.tools.filter { spec.includesAll || named[$0.name] != nil }
    let unnamed = wanted.map(\.name).filter { named[$0]?.id == nil }
    let made = MCPToolNames.ids(of: unnamed, server: server.id.rawValue)
    var taken: Set<String> = []
    for remote in wanted {
      let id = named[remote.name]?.id ?? made[remote.name] ?? remote.name
      guard taken.insert(id.lowercased()).inserted else {
        problems.append("the tool \(JSONValue.string(remote.name.excerpt(128))) would be a second \(id); name its id")
        continue
      }
      add(remote, MCPDefinition(remote, named[remote.name], server, spec), ToolID(id))
    }
    for tool in spec.tools where !wanted.contains(where: { $0.name == tool.remoteName }) {
      problems.append("the server offers no usable tool \(JSONValue.string(tool.remoteName.excerpt(128)))")
    }
  }

  private mutating func add(_ remote: MCPRemoteTool, _ made: MCPDefinition, _ id: ToolID) {
    let pin = made.pin
    let isAccepted = pin == nil || pin == remote.digest || spec.onChange == .accept
    if pin != nil, pin != remote.digest {
      problems.append(
        "\(id) is not as it was reviewed: its definition is now \(remote.digest)"
          + (isAccepted ? "; it is used all the same, as the manifest allows" : "; its calls are refused"))
    }
    let definition = made.definition(id: id, isAccepted: isAccepted)
    tools[remote.name] = MCPTool(
      definition: definition, remote: remote, accepted: isAccepted ? remote.digest : pin ?? remote.digest,
      obstacle: isAccepted ? nil : .changed(remote.digest))
    definitions.append((remote.name, definition))
  }

  /// Compares with what the server lists now, and gives what is different from before.
  mutating func update(_ list: MCPToolList) -> MCPChanges {
    var changes = MCPChanges()
    let listed = Dictionary(list.tools.map { ($0.name, $0) }) { first, _ in first }
    for (name, var tool) in tools {
      let before = tool.obstacle
      if let remote = listed[name] {
        take(remote, into: &tool, &changes)
      } else {
        tool.obstacle = .gone
        if before != .gone { changes.gone.append(tool.definition.id) }
      }
      tools[name] = tool
    }
    let new = listed.keys.filter { spec.includesAll && tools[$0] == nil && !announced.contains($0) }.sorted()
    announced.formUnion(new)
    changes.added = new
    return changes
  }

  private func take(_ remote: MCPRemoteTool, into tool: inout MCPTool, _ changes: inout MCPChanges) {
    if remote.digest == tool.accepted {
      tool.remote = remote
      tool.obstacle = nil
      return
    }
    let isKnown = tool.obstacle == .changed(remote.digest)
    if spec.onChange == .accept {
      tool.remote = remote
      tool.accepted = remote.digest
      tool.obstacle = nil
    } else {
      tool.obstacle = .changed(remote.digest)
    }
    if !isKnown { changes.changed.append((tool.definition.id, remote.digest)) }
  }
}
