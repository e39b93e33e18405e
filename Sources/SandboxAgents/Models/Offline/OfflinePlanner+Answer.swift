import SandboxCore

extension OfflinePlanner {
  /// What came of one step.
  struct Outcome: Sendable, Hashable {
    let id: String
    let status: String
    let text: String

    var isSuccess: Bool { ["completed", "succeeded", "success", "done", "ok"].contains(status) }
    var wasSkipped: Bool { ["skipped", "blocked", "cancelled", "pending"].contains(status) }
  }

  /// All outcomes so far, of the plan and of single delegations; the last word on a step counts.
  var outcomes: [Outcome] {
    var outcomes: [Outcome] = []
    for call in conversation.calls {
      let new =
        call.name == "create_plan" ? Self.outcomes(in: call) : call.name == "delegate_task" ? [delegated(call)] : []
      for outcome in new {
        if let index = outcomes.firstIndex(where: { $0.id == outcome.id }) {
          outcomes[index] = outcome
        } else {
          outcomes.append(outcome)
        }
      }
    }
    return outcomes
  }

  static func outcomes(in call: OfflineConversation.Call) -> [Outcome] {
    var outcomes: [Outcome] = []
    if let value = call.value {
      OfflineJSON.objects(in: value) { _, object in
        guard let id = object.first("id", "stepId", "step")?.stringValue, let status = object["status"]?.stringValue,
          object["steps"] == nil
        else { return }
        outcomes.append(Outcome(id: id, status: status.lowercased(), text: text(of: object)))
      }
    }
    return outcomes
  }

  private func delegated(_ call: OfflineConversation.Call) -> Outcome {
    let task = call.arguments["task"]?.stringValue
    let id = steps.first { $0.task == task }?.id ?? call.arguments["agentId"]?.stringValue ?? "task"
    let object = call.value?.objectValue
    let status = object?["status"]?.stringValue?.lowercased() ?? (call.isError ? "failed" : "completed")
    return Outcome(id: id, status: status, text: object.map(Self.text) ?? call.text)
  }

  private static func text(of object: JSONObject) -> String {
    let isFailure = object["error"].map { !$0.isNull } ?? false
    let value =
      (isFailure ? object["error"] : object.first("result", "text", "answer", "output", "summary", "message")) ?? ""
    let inner = value.objectValue?.first("text", "answer", "result", "message", "summary")
    return value.stringValue ?? inner?.stringValue ?? value.text()
  }

  // MARK: - Answers

  var answer: String {
    let outcomes = outcomes
    var sections = own.findings
    for outcome in outcomes where outcome.isSuccess { sections.append(OfflineSections(reading: outcome.text)) }
    for outcome in outcomes where !outcome.isSuccess {
      let text = OfflineSections.clipped(OfflineSections.cell(outcome.text), to: 400)
      sections.problems.append("- The step \(outcome.id) is \(outcome.status)\(text.isEmpty ? "." : ": \(text)")")
    }
    if outcomes.isEmpty {
      for call in conversation.calls where call.isError && !call.text.isEmpty {
        sections.problems.append(
          "- \(call.name) failed: \(OfflineSections.clipped(OfflineSections.cell(call.text), to: 400))")
      }
    }
    for word in undone {
      sections.problems.append("- No tool can \(word): that part of the request was not done.")
    }
    func part(_ title: String, _ bodies: [String]) -> String? {
      bodies.isEmpty ? nil : "## \(title)\n\n\(OfflineSections.joined(bodies))"
    }
    let found = sections.findings.isEmpty ? sections.data : sections.findings
    let nothing = ["No step brought a result for this request: \(task.title)"]
    return [
      part("Answer", found.isEmpty && sections.artifacts.isEmpty ? nothing : found),
      part("Artifacts", sections.artifacts),
      part("Problems", sections.problems),
      part("Steps", outcomes.map { "- \($0.id): \($0.status)" }),
    ].compactMap(\.self).joined(separator: "\n\n")
  }

  /// Words that ask for an effect which no tool has.
  private var undone: [String] {
    let texts = tools.map { "\($0.name) \($0.description)" } + own.tools.map { "\($0.name) \($0.description)" }
    let known = texts.reduce(into: Set<String>()) { $0.formUnion(OfflineWords($1).stems) }
    return task.words.words.filter { OfflineLexicon.effects.contains($0) && !known.contains(OfflineLexicon.stem($0)) }
  }

  /// Says that no tool fits, and which there are.
  var noMatch: String {
    let all = tools.map { ($0.category, $0.name) } + own.tools.map { ($0.category, $0.name) }
    let byCategory = Dictionary(grouping: all, by: \.0).sorted { $0.key < $1.key }
    let lists = byCategory.map { "- \($0.key): \($0.value.map(\.1).joined(separator: ", "))" }
    let failed = conversation.calls(of: "list_available_tools").first { $0.isError && !$0.text.isEmpty }
    let offer =
      failed.map { "The list of tools could not be read: \(OfflineSections.clipped($0.text, to: 300))" }
      ?? (lists.isEmpty ? "There are no tools." : "The tools there are:\n\n\(lists.joined(separator: "\n"))")
    let uncalled = own.findings.problems
    let reasons = uncalled.isEmpty ? "" : "\(OfflineSections.joined(uncalled))\n\n"
    return "No available tool fits this request, so nothing was done: \(task.title)\n\n\(reasons)\(offer)"
  }
}
