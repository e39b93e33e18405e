package import SandboxCore

/// Who a sub-agent is: which categories of tools it has, and what it is good at.
package struct AgentProfile: Sendable, Hashable {
  package var id: AgentID
  package var name: String
  package var categories: [String]
  package var specialization: String
  /// Nil is the session's model.
  package var model: String?
  package var instructions: String
  package var limits: AgentLimits

  package init(
    id: AgentID, name: String, categories: [String], specialization: String = "", model: String? = nil,
    instructions: String = "", limits: AgentLimits = AgentLimits()
  ) {
    self.id = id
    self.name = name
    self.categories = categories
    self.specialization = specialization
    self.model = model
    self.instructions = instructions
    self.limits = limits
  }
}

extension AgentProfile {
  /// The runtime's own tools, which are no sub-agent's speciality.
  package static let sessionCategory = "session"
  /// Categories whose tools are the meta-agent's own unless a sub-agent lists them.
  package static let metaCategories: Set<String> = ["integration", "execution"]

  /// One specialist for each category that has tools: `omega:research`, `omega:content`, `omega:analytics` and so on.
  package static func specialists(for categories: Set<String>) -> [AgentProfile] {
    let order = ["research", "content", "analytics"]
    let others = categories.subtracting(order).subtracting(metaCategories).subtracting([sessionCategory])
    return (order.filter(categories.contains) + others.sorted()).map { category in
      AgentProfile(
        id: AgentID("omega:\(category)"), name: category, categories: [category],
        specialization: specializations[category] ?? "work with the \(category) tools")
    }
  }

  private static let specializations = [
    "research": "finding and checking information",
    "content": "writing documents and other content",
    "analytics": "analysing data and drawing conclusions",
  ]
}
