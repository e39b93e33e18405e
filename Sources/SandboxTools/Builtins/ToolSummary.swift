package import SandboxCore

/// A tool as `list_available_tools` tells it.
package struct ToolSummary: Sendable, Hashable {
  package let id: ToolID
  package let name: String
  package let description: String
  package let category: String

  package init(id: ToolID, name: String, description: String, category: String) {
    self.id = id
    self.name = name
    self.description = description
    self.category = category
  }

  package init(_ definition: ToolDefinition) {
    self.init(
      id: definition.id, name: definition.name, description: definition.description, category: definition.category)
  }
}
