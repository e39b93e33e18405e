import SandboxCore

/// A checked plan on its way: every step starts when the steps it depends on have succeeded, all in one task group.
struct PlanRun: Sendable {
  private let plan: Plan
  private let runner: TaskRunner
  /// The steps' tasks, in the plan's order.
  let orders: [TaskOrder]

  private static let largestResult = 4_000

  init(_ plan: Plan, parent: TaskID, prefix: TaskID, runner: TaskRunner) {
    self.plan = plan
    self.runner = runner
    let ids = Dictionary(
      plan.steps.enumerated().map { ($1.id, TaskID("\(prefix)-\($0 + 1)")) }, uniquingKeysWith: { first, _ in first })
    orders = plan.steps.map { step in
      TaskOrder(
        id: ids[step.id] ?? prefix, parent: parent, agentID: step.agentID, task: step.task, planID: plan.id,
        stepID: step.id, dependencies: step.dependencies.compactMap { ids[$0] })
    }
  }

  /// Runs the plan to its end and returns its summary. A step that failed is tried once more as its alternative says;
  /// what depends on a step that failed is skipped, the others go on.
  ///
  /// - Throws: `.cancelled`, `.io`.
  func run() async throws(SandboxError) -> JSONValue {
    do {
      return summary(of: try await outcomes())
    } catch {
      throw SandboxError.wrap(error)
    }
  }

  private func outcomes() async throws -> [TaskOutcome?] {
    let index = Dictionary(
      plan.steps.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let dependencies = plan.steps.map { $0.dependencies.compactMap { index[$0] } }
    var dependents: [[Int]] = Array(repeating: [], count: plan.steps.count)
    for (step, list) in dependencies.enumerated() { for other in list { dependents[other].append(step) } }
    var waiting = dependencies.map(\.count)
    var outcomes: [TaskOutcome?] = Array(repeating: nil, count: plan.steps.count)

    return try await withThrowingTaskGroup(of: (Int, TaskOutcome).self) { group in
      func start(_ step: Int) {
        let known = dependencies[step].compactMap { other in outcomes[other].map { (other, $0) } }
        group.addTask { (step, try await run(step, after: known)) }
      }
      for step in plan.steps.indices where waiting[step] == 0 { start(step) }
      while let (step, outcome) = try await group.next() {
        outcomes[step] = outcome
        if outcome.status == .completed {
          for next in dependents[step] {
            waiting[next] -= 1
            if waiting[next] == 0, outcomes[next] == nil { start(next) }
          }
        } else {
          var skipped = dependents[step]
          while let next = skipped.popLast() {
            guard outcomes[next] == nil else { continue }
            outcomes[next] = try await skip(next, because: plan.steps[step].id)
            skipped += dependents[next]
          }
        }
      }
      return outcomes
    }
  }

  private func run(_ step: Int, after known: [(Int, TaskOutcome)]) async throws(SandboxError) -> TaskOutcome {
    let order = orders[step]
    let outcome = try await runner.run(order, prompt: prompt(order.task, known))
    guard outcome.status == .failed, let alternative = plan.steps[step].alternative else { return outcome }
    let second = TaskOrder(
      id: TaskID("\(order.id)b"), parent: order.parent, agentID: alternative.agentID, task: alternative.task,
      planID: plan.id, stepID: order.stepID, dependencies: order.dependencies)
    do throws(SandboxError) {
      try await runner.log.transact(actor: order.agentID) { state throws(SandboxError) in
        (try runner.creation(of: [second], in: state), ())
      }
    } catch {
      if error.code == .io { throw error }
      return outcome
    }
    return try await runner.run(second, prompt: prompt(alternative.task, known))
  }

  private func skip(_ step: Int, because failed: String) async throws(SandboxError) -> TaskOutcome {
    let error = ErrorRecord(code: .invalidState, message: "not run, because step '\(failed)' failed")
    return try await runner.finish(orders[step], TaskOutcome(.skipped, error: error))
  }

  /// The task with the results it builds on, and where the full ones are.
  private func prompt(_ task: String, _ known: [(Int, TaskOutcome)]) -> String {
    guard !known.isEmpty else { return task }
    let results = known.map { step, outcome in
      let key = TaskRunner.resultKey(of: taskID(of: step))
      return "[\(plan.steps[step].id)] (blackboard namespace \(TaskRunner.resultNamespace), key \(key))\n"
        + outcome.text.cut(to: Self.largestResult)
    }
    return "\(task)\n\nResults of earlier steps:\n\n\(results.joined(separator: "\n\n"))"
  }

  /// The task whose result counts for a step: its own, or its alternative's when that was tried.
  private func taskID(of step: Int) -> TaskID {
    let second = TaskID("\(orders[step].id)b")
    return runner.log.read { $0.tasks[second] == nil } ? orders[step].id : second
  }

  private func summary(of outcomes: [TaskOutcome?]) -> JSONValue {
    let steps = zip(plan.steps.indices, outcomes).map { step, outcome -> JSONValue in
      var object: JSONObject = [
        "id": .string(plan.steps[step].id), "taskId": .string(taskID(of: step).rawValue),
        "status": .string((outcome?.status ?? .pending).rawValue),
      ]
      if let text = outcome?.text, !text.isEmpty { object["result"] = .string(text.cut(to: Self.largestResult)) }
      if let error = outcome?.error { object["error"] = .string(error.message) }
      return .object(object)
    }
    let isComplete = outcomes.allSatisfy { $0?.status == .completed }
    return [
      "planId": .string(plan.id), "status": .string(isComplete ? "completed" : "failed"), "steps": .array(steps),
    ]
  }
}
