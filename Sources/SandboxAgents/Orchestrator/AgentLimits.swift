package import SandboxCore

/// Limits of each task of one agent, below those of the session.
package struct AgentLimits: Sendable, Hashable {
  package var maxIterations: Int?
  package var budget: BudgetLimit

  package init(maxIterations: Int? = nil, budget: BudgetLimit = .none) {
    self.maxIterations = maxIterations
    self.budget = budget
  }
}
