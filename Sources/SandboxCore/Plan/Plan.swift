/// What the meta-agent means to do: a graph of steps without a cycle, each for one agent.
package struct Plan: Sendable, Hashable, Codable {
  package let id: String
  package let description: String
  package let steps: [PlanStep]

  package init(id: String, description: String, steps: [PlanStep]) {
    self.id = id
    self.description = description
    self.steps = steps
  }

  package static let maximumSteps = 200
}

package struct PlanStep: Sendable, Hashable, Codable {
  package let id: String
  package let description: String
  package let agentID: AgentID
  /// What the agent is asked to do, in full.
  package let task: String
  /// Ids of the steps that must have succeeded first; their results are given to this one.
  package let dependencies: [String]
  /// What to try when the step failed, at most once.
  package let alternative: Alternative?

  package struct Alternative: Sendable, Hashable, Codable {
    package let agentID: AgentID
    package let task: String

    package init(agentID: AgentID, task: String) {
      self.agentID = agentID
      self.task = task
    }
  }

  package init(
    id: String, description: String, agentID: AgentID, task: String, dependencies: [String] = [],
    alternative: Alternative? = nil
  ) {
    self.id = id
    self.description = description
    self.agentID = agentID
    self.task = task
    self.dependencies = dependencies
    self.alternative = alternative
  }
}
