import SandboxCore

/// The tools of a session, found by id or name.
struct ToolRegistry: Sendable {
  private(set) var tools: [ToolRegistration] = []
  private var byID: [ToolID: Int] = [:]
  private var byName: [String: Int] = [:]
  private var taken: [String: ToolID] = [:]

  mutating func add(_ tool: ToolRegistration) throws(SandboxError) {
    let definition = tool.definition
    let keys = Set([definition.id.rawValue, definition.name].map(Self.folded))
    for key in keys.sorted() {
      if let other = taken[key] {
        throw SandboxError(
          .alreadyExists,
          "tool \(definition.id): its id or name is that of tool \(other), or differs from it only in case; rename one")
      }
    }
    for key in keys { taken[key] = definition.id }
    byID[definition.id] = tools.count
    byName[definition.name] = tools.count
    tools.append(tool)
  }

  func tool(_ idOrName: String) -> ToolRegistration? {
    (byID[ToolID(idOrName)] ?? byName[idOrName]).map { tools[$0] }
  }

  /// Two ids that are the same in this form are too easily confused.
  static func folded(_ name: String) -> String { name.lowercased() }
}
