extension Plan {
  /// Everything that is wrong with the plan, each in a sentence that helps a model to mend it; empty when it can run.
  package func problems(knownAgents: Set<AgentID>) -> [String] {
    if steps.isEmpty { return ["the plan has no steps"] }
    if steps.count > Plan.maximumSteps {
      return ["the plan has \(steps.count) steps; at most \(Plan.maximumSteps) are allowed"]
    }
    var problems: [String] = []
    var seen: Set<String> = []
    for (index, step) in steps.enumerated() {
      if step.id.isEmpty { problems.append("step \(index + 1) has no id") }
      if !seen.insert(step.id).inserted { problems.append("step id '\(step.id)' is used twice") }
    }
    let agents = knownAgents.map(\.rawValue).sorted().joined(separator: ", ")
    for step in steps {
      if step.task.allSatisfy(\.isWhitespace) { problems.append("step '\(step.id)' has no task") }
      for agent in [step.agentID] + (step.alternative.map { [$0.agentID] } ?? []) where !knownAgents.contains(agent) {
        problems.append("step '\(step.id)': Agent \(agent) not found; known agents: \(agents)")
      }
      for dependency in step.dependencies where !seen.contains(dependency) {
        problems.append("step '\(step.id)' depends on '\(dependency)', which is not a step")
      }
      if step.dependencies.contains(step.id) { problems.append("step '\(step.id)' depends on itself") }
    }
    if problems.isEmpty, let cycle = stepsInCycles() {
      problems.append("the steps \(cycle.joined(separator: ", ")) wait for each other in a cycle")
    }
    return problems
  }

  /// The steps that are part of a cycle or lie between two; those that merely wait for one are left out.
  private func stepsInCycles() -> [String]? {
    var waiting = Dictionary(uniqueKeysWithValues: steps.map { ($0.id, Set($0.dependencies)) })
    while true {
      let ready = waiting.filter { $0.value.isEmpty }.map(\.key)
      if ready.isEmpty { break }
      for id in ready { waiting[id] = nil }
      for id in waiting.keys { waiting[id]?.subtract(ready) }
    }
    while true {
      let awaited = waiting.values.reduce(into: Set()) { $0.formUnion($1) }
      let last = waiting.keys.filter { !awaited.contains($0) }
      if last.isEmpty { break }
      for id in last { waiting[id] = nil }
    }
    return waiting.isEmpty ? nil : waiting.keys.sorted()
  }
}
