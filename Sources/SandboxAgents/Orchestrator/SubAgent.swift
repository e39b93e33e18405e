import SandboxCore

/// A specialist ready for tasks: its profile with its tools, its model and what it is told. Nothing of a task is kept
/// here, so one sub-agent can work on many tasks at once.
struct SubAgent: Sendable {
  let profile: AgentProfile
  let model: MeteredModel
  let tools: ToolOffer
  let system: String
  let maxIterations: Int

  init(_ profile: AgentProfile, model: MeteredModel, tools: ToolOffer, limits: ExecutionLimits) {
    self.profile = profile
    self.model = model
    self.tools = tools
    system = SystemPrompts.sub(profile)
    maxIterations = min(limits.maxIterations, profile.limits.maxIterations ?? limits.maxIterations)
  }
}
