import SandboxCore

/// A sub-agent by rules: looks at what there is, reads, queries, charts, writes, and reports. Each request is answered
/// with the first step that still has something new to do.
struct OfflineWorker: Sendable {
  let conversation: OfflineConversation
  let task: OfflineTask
  let facts: OfflineFacts
  let match: OfflineToolMatch
  let tools: [ToolSpecification]
  /// What each tool can do for the rules; none for those without a rule of their own.
  let capabilities: [Capability?]
  /// Tools without a rule of their own whose words fit the request.
  let otherTools: [ToolSpecification]

  /// A bound for whatever the rules did not foresee.
  private static let maximumCalls = 40

  /// The runtime's own tools, which no rule here calls.
  static let runtimeTools: Set<String> = [
    "create_plan", "delegate_task", "execute_tool", "query_blackboard", "write_blackboard", "list_available_tools",
    "synthesize_results",
  ]

  init(_ conversation: OfflineConversation, task: OfflineTask? = nil) {
    let task = task ?? OfflineTask(conversation.prompt)
    self.conversation = conversation
    self.task = task
    facts = OfflineFacts(task: task, calls: conversation.calls)
    let match = OfflineToolMatch(task)
    self.match = match
    tools = conversation.tools.filter { $0.category != "session" && !Self.runtimeTools.contains($0.name) }
    capabilities = tools.map(Capability.of)
    otherTools = zip(tools, capabilities).filter { $1 == nil && match.fits($0) }.map(\.0)
  }

  func next() -> OfflineReply {
    if conversation.calls.count < Self.maximumCalls {
      for step in [listing, reading, querying, charting, composing] {
        var seen: Set<OfflineReply.Call> = []
        let calls = step().filter { !conversation.wasCalled($0.name, $0.arguments) && seen.insert($0).inserted }
        if !calls.isEmpty { return .calls(calls) }
      }
    }
    let findings = findings
    return .answer(findings.isEmpty ? "## Problems\n\n- \(emptyAnswer)" : findings.text)
  }

  var arguments: OfflineArguments { OfflineArguments(task: task, facts: facts) }

  /// A call of `tool`, or nil when an argument is missing.
  func call(_ tool: ToolSpecification, path: String? = nil, prepared: [String: JSONValue] = [:]) -> OfflineReply.Call? {
    var arguments = arguments
    arguments.prepared = prepared
    return (try? arguments.fill(tool.parameters, path: path)).map { OfflineReply.Call(name: tool.name, arguments: $0) }
  }

  /// Everything that only needs what is known by now: heads of files, descriptions of tables, tools of other kinds.
  private func reading() -> [OfflineReply.Call] {
    var calls: [OfflineReply.Call] = []
    if let reader = tool(.reads) {
      calls += filesToRead.prefix(3).compactMap { path in
        let limits = ["maxBytes", "max_bytes"].filter { reader.parameters["properties"]?[$0] != nil }
        return call(reader, path: path, prepared: Dictionary(uniqueKeysWithValues: limits.map { ($0, 4_096) }))
      }
    }
    if let describer = tool(.describes) {
      calls += tablePaths.prefix(3).compactMap { call(describer, path: $0, prepared: ["paths": [.string($0)]]) }
    }
    return calls + otherTools.flatMap(otherCalls)
  }

  private var filesToRead: [String] {
    let relevant = facts.relevant(to: task).filter {
      !OfflineFacts.binaryExtensions.contains(OfflineTask.fileExtension($0))
    }
    if !relevant.isEmpty { return relevant.filter { !isListedByKind($0) } }
    let names = facts.files.map(\.path)
    let described = names.filter { $0.split(separator: "/").last?.lowercased().hasPrefix("readme") == true }
    return described.min { $0.count < $1.count }.map { [$0] } ?? (names.count <= 3 ? names : [])
  }

  /// `How many Swift files` asks for their number, not for what is in them.
  private func isListedByKind(_ path: String) -> Bool {
    !task.inputPaths.map(facts.resolve).contains(path)
      && kinds.contains { $0.extensions.contains(OfflineTask.fileExtension(path)) }
  }

  /// The kinds of file that the request names, as `Swift files`.
  var kinds: [(word: String, extensions: [String])] {
    let words = task.allWords.words
    return words.indices.dropLast().compactMap { index in
      guard ["file", "files", "source", "sources"].contains(words[index + 1]) else { return nil }
      return OfflineLexicon.extensions(of: words[index]).map { (words[index], $0) }
    }
  }

  var tablePaths: [String] {
    let known = facts.relevant(to: task, extensions: OfflineFacts.tableExtensions)
    let isNamed = !task.inputPaths.isEmpty || match.means("table") || match.means("chart")
    return isNamed || asksQuantity && kinds.isEmpty ? known : []
  }

  private var asksQuantity: Bool {
    let words: Set = OfflineLexicon.ascending.union(OfflineLexicon.descending).union(OfflineLexicon.distributive)
    return match.means("count") || match.means("average") || task.words.contains(anyOf: words)
  }

  // MARK: - Tools of other kinds

  private func otherCalls(_ tool: ToolSpecification) -> [OfflineReply.Call] {
    let needsPath = OfflineArguments.requiredPath(in: tool.parameters) != nil
    let paths: [String?] = needsPath ? arguments.paths.prefix(3).map { $0 } : []
    var calls = (paths.isEmpty ? [nil] : paths).compactMap { call(tool, path: $0) }
    let failed = conversation.calls(of: tool.name).filter(\.isError)
    if failed.count == 1 {
      // The message may name what it wants.
      let named = (tool.parameters["properties"]?.objectValue?.keys ?? []).filter { failed[0].text.contains($0) }
      if let adjusted = try? arguments.fill(tool.parameters, path: paths.first ?? nil, extra: Set(named)) {
        calls.append(.init(name: tool.name, arguments: adjusted))
      }
    }
    return calls
  }

  /// Tools that fit but were not called, with the reason.
  var uncalled: [(tool: String, missing: OfflineArguments.Missing)] {
    otherTools.filter { conversation.calls(of: $0.name).isEmpty }.compactMap { tool in
      do throws(OfflineArguments.Missing) {
        _ = try arguments.fill(tool.parameters)
        return nil
      } catch {
        return (tool.name, error)
      }
    }
  }

  /// Whether no tool of its own has been called.
  var isIdle: Bool { !conversation.calls.contains { call in tools.contains { $0.name == call.name } } }

  private var emptyAnswer: String {
    let offered =
      tools.isEmpty
      ? "No tool was offered for" : "None of the tools offered (\(tools.map(\.name).joined(separator: ", "))) fits"
    return "\(offered) this task, so nothing was done: \(task.title)"
  }
}
