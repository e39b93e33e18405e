import SandboxCore

extension OfflineWorker {
  /// What a tool can do for the rules, told from its arguments and the words of its name.
  enum Capability: Sendable {
    case lists, reads, describes, queries, charts, composes

    static func of(_ tool: ToolSpecification) -> Capability? {
      let properties = tool.parameters["properties"]?.objectValue ?? [:]
      let required = (tool.parameters["required"]?.arrayValue ?? []).compactMap(\.stringValue)
      let words = Set(OfflineWords(tool.name).words)
      let concepts = Set(words.map(OfflineLexicon.meaning))
      let needsPath = OfflineArguments.requiredPath(in: tool.parameters) != nil || required.contains("paths")
      if required.contains("sql") { return .queries }
      if concepts.contains(OfflineLexicon.meaning("chart")),
        properties.values.contains(where: { $0["type"] == "array" })
      {
        return .charts
      }
      if contentArgument(of: tool) != nil,
        concepts.contains(OfflineLexicon.meaning("document")) || words.contains("write")
      {
        return .composes
      }
      if !words.isDisjoint(with: ["describe", "schema", "columns"]), needsPath { return .describes }
      guard concepts.contains(OfflineLexicon.meaning("file")) else { return nil }
      if words.contains("list"), required.allSatisfy({ $0 == "path" }) { return .lists }
      if !words.isDisjoint(with: ["read", "cat", "head"]), needsPath, required.count == 1 { return .reads }
      return nil
    }

    /// The argument of a composing tool that takes the text, when it also takes a title or a place.
    static func contentArgument(of tool: ToolSpecification) -> String? {
      let names = tool.parameters["properties"]?.objectValue?.keys ?? []
      guard !Set(names).isDisjoint(with: ["title", "path", "name", "filename"]) else { return nil }
      return ["content", "markdown", "body", "text"].first(where: names.contains)
    }
  }

  func tools(_ capability: Capability) -> [ToolSpecification] {
    zip(tools, capabilities).filter { $1 == capability }.map(\.0)
  }

  func tool(_ capability: Capability) -> ToolSpecification? { tools(capability).first }
}
