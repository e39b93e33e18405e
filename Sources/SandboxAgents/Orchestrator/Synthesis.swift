import SandboxCore

/// What the tasks of a session brought, gathered into one document. The same state always gives the same document.
struct Synthesis {
  enum Format: String, CaseIterable { case markdown, json }

  /// What a model can read in one piece, with room for what is around the results.
  static let maximumBytes = 24 << 10
  /// Tasks of one document, so that each has room.
  static let maximumTasks = 50
  private static let maximumListed = 50
  /// Bytes around each result.
  private static let overhead = 300

  private struct Section {
    let task: TaskState
    let text: String
  }

  private let title: String
  private let instructions: String
  private let sections: [Section]
  private let entries: [BlackboardEntry]
  private let artifacts: [Artifact]
  /// Tasks that are beyond what fits.
  private let omitted: Int
  /// Bytes that each result may take.
  private let share: Int

  /// - Parameters:
  ///   - tasks: the tasks to gather; nil is all that were delegated.
  ///   - keys: entries of the blackboard, beside the tasks.
  /// - Throws: `.notFound` for a task or an entry that is not there, with those that are.
  init(
    _ state: SessionState, tasks: [TaskID]?, keys: [BlackboardKey], instructions: String
  ) throws(SandboxError) {
    let known = state.delegatedTasks.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    for id in tasks ?? [] where !known.contains(where: { $0.id == id }) {
      let list = known.prefix(50).map(\.id.rawValue).joined(separator: ", ")
      throw SandboxError(.notFound, "Task \(id.rawValue.excerpt(100)) not found; known tasks: \(list)")
    }
    var entries: [BlackboardEntry] = []
    for key in keys {
      guard let entry = state.blackboardEntry(key) else {
        throw SandboxError(
          .notFound,
          "the blackboard has no \("\(key.namespace)/\(key.key)".excerpt(200)); query_blackboard shows what it has")
      }
      entries.append(entry)
    }
    let chosen = tasks.map { Set($0) }
    let selected = known.filter { chosen?.contains($0.id) ?? true }
    title = state.session?.request ?? state.tasks[.root]?.prompt ?? ""
    self.instructions = instructions
    sections = selected.prefix(Self.maximumTasks).map {
      Section(task: $0, text: $0.result ?? $0.transcript?.known ?? "")
    }
    self.entries = entries
    artifacts = state.artifacts.filter { artifact in
      chosen == nil || artifact.madeBy.contains { call in selected.contains { call.rawValue.hasPrefix("\($0.id)/") } }
    }
    omitted = selected.count - sections.count
    let results = sections.count { !$0.text.isEmpty } + entries.count
    share = max(150, (Self.maximumBytes - sections.count * Self.overhead) / max(1, results))
  }

  // MARK: - As JSON

  var json: JSONValue {
    var object: JSONObject = ["request": .string(title.cut(to: 1_000))]
    if !instructions.isEmpty { object["instructions"] = .string(instructions.cut(to: 2_000)) }
    object["tasks"] = .array(sections.map(json))
    if !entries.isEmpty {
      object["entries"] = .array(
        entries.map {
          [
            "key": .string("\($0.namespace)/\($0.key)"), "agentId": .string($0.agentID.rawValue),
            "value": .string(text($0)),
          ]
        })
    }
    object["artifacts"] = .array(
      artifacts.prefix(Self.maximumListed).map {
        [
          "url": .string("artifacts/\($0.name)"), "title": .string($0.title.cut(to: 200)),
          "agentId": .string($0.author.rawValue),
        ]
      })
    object["failed"] = .array(failed.map { .string($0.task.id.rawValue) })
    object["unfinished"] = .array(unfinished.map { .string($0.task.id.rawValue) })
    if omitted > 0 { object["omitted"] = .int(Int64(omitted)) }
    return .object(object)
  }

  private func json(_ section: Section) -> JSONValue {
    var object: JSONObject = [
      "taskId": .string(section.task.id.rawValue), "agentId": .string(section.task.agentID.rawValue),
      "status": .string(section.task.status.rawValue), "task": .string(section.task.prompt.cut(to: 100)),
    ]
    if !section.text.isEmpty { object["result"] = .string(section.text.cut(to: share)) }
    if let error = section.task.error { object["error"] = .string(error.message.cut(to: 150)) }
    return .object(object)
  }

  // MARK: - As Markdown

  var markdown: String {
    var parts = ["# Results: \(title.excerpt(300))"]
    if !instructions.isEmpty { parts.append("Instructions: \(instructions.cut(to: 2_000))") }
    if sections.isEmpty && entries.isEmpty { parts.append("There are no results.") }
    parts += sections.map(markdown)
    parts += entries.map { entry in
      "## \(entry.namespace)/\(entry.key)\n\nBy \(entry.agentID).\n\n\(text(entry))"
    }
    if !artifacts.isEmpty {
      let list = artifacts.prefix(Self.maximumListed).map {
        "- artifacts/\($0.name): \($0.title.excerpt(200)) (\($0.author))"
      }
      parts.append("## Artifacts\n\n" + list.joined(separator: "\n"))
    }
    if !failed.isEmpty {
      parts.append("## Failed\n\n" + failed.map(line).joined(separator: "\n"))
    }
    if !unfinished.isEmpty {
      parts.append("## Not finished\n\n" + unfinished.map(line).joined(separator: "\n"))
    }
    if omitted > 0 { parts.append("\(omitted) more tasks are left out; name those you need in taskIds.") }
    return parts.joined(separator: "\n\n")
  }

  private func markdown(_ section: Section) -> String {
    let task = section.task
    let head = "## \(task.id): \(task.prompt.excerpt(100))\n\nBy \(task.agentID): \(task.status.rawValue)."
    return section.text.isEmpty ? head : "\(head)\n\n\(section.text.cut(to: share))"
  }

  private func line(_ section: Section) -> String {
    let reason = section.task.error.map { ": \($0.message.excerpt(150))" } ?? ""
    return "- \(section.task.id) of \(section.task.agentID), \(section.task.status.rawValue)\(reason)"
  }

  private func text(_ entry: BlackboardEntry) -> String {
    (entry.value.stringValue ?? entry.value.text(.compact)).cut(to: share)
  }

  private var failed: [Section] { sections.filter { $0.task.status.isFinal && $0.task.status != .completed } }
  private var unfinished: [Section] { sections.filter { !$0.task.status.isFinal } }
}
