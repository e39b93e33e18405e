package import SandboxCore

extension ScriptedModel {
  /// Reads a script, see ``ScriptedModel``.
  ///
  /// - Throws: `.notFound` when the file cannot be opened, `.invalidArgument` naming the place when it is no script.
  package convenience init(contentsOf path: String, time: TimeSource = .system) throws(SandboxError) {
    let bytes = try ScriptFile.read(path)
    do throws(SandboxError) {
      try self.init(parsing: JSONValue(parsing: bytes), name: "scripted:\(path)", time: time)
    } catch {
      throw SandboxError(.invalidArgument, "script \"\(path)\": \(error.message)", cause: error)
    }
  }

  package convenience init(
    parsing script: JSONValue, name: String = "scripted", time: TimeSource = .system
  ) throws(SandboxError) {
    var root = try ScriptObject(script, at: "")
    var facts = ModelFacts.free
    if let model = try root.string("pricedAs") {
      guard let entry = ModelCatalog.entry(for: model) else {
        throw SandboxError(.invalidArgument, "/pricedAs: model \"\(model)\" is not in the price table")
      }
      facts = entry.facts
    }
    guard let list = root.take("steps")?.arrayValue else {
      throw SandboxError(.invalidArgument, "/steps must be an array")
    }
    try root.refuseRest()
    var steps: [ScriptedStep] = []
    for (index, step) in list.enumerated() { steps.append(try Self.step(step, at: "/steps/\(index)")) }
    self.init(name: name, steps: steps, facts: facts, time: time)
  }

  private static func step(_ json: JSONValue, at pointer: String) throws(SandboxError) -> ScriptedStep {
    var step = try ScriptObject(json, at: pointer)
    let agent = try step.string("agent")
    let prompt = try step.string("prompt")
    let last = try step.string("last")
    let results = try step.count("results")
    let isEndless = json["times"]?.isNull == true
    let times = try step.count("times") ?? (isEndless ? nil : 1)
    var delay = try step.count("delayMs") ?? 0
    let outcome: ScriptedStep.Outcome
    switch (step.take("reply"), step.take("error")) {
    case (.some(let reply), nil):
      var object = try ScriptObject(reply, at: pointer + "/reply")
      delay = try object.count("delayMs") ?? delay
      outcome = .reply(try Self.reply(&object))
    case (nil, .some(let error)):
      var object = try ScriptObject(error, at: pointer + "/error")
      delay = try object.count("delayMs") ?? delay
      outcome = .failure(try failure(&object))
    default: throw SandboxError(.invalidArgument, "\(pointer) needs either \"reply\" or \"error\"")
    }
    try step.refuseRest()
    return ScriptedStep(
      agent: agent, prompt: prompt, last: last, results: results, times: times,
      delay: .milliseconds(min(delay, 86_400_000)), outcome)
  }

  private static func reply(_ object: inout ScriptObject) throws(SandboxError) -> ModelReply {
    let text = try object.string("text") ?? ""
    var calls: [ModelReply.ToolCall] = []
    for (index, call) in (try object.array("toolCalls") ?? []).enumerated() {
      var call = try ScriptObject(call, at: "\(object.pointer)/toolCalls/\(index)")
      let arguments =
        switch call.take("arguments") {
        case nil, .null: ""
        case .string(let text): text
        case .some(let value): value.text(.compact)
        }
      calls.append(
        ModelReply.ToolCall(
          id: try call.string("id") ?? "", name: try call.string("name") ?? "", arguments: arguments))
      try call.refuseRest()
    }
    let reason = try object.string("finishReason") ?? (calls.isEmpty ? "stop" : "tool_calls")
    var usage: TokenUsage?
    switch object.take("usage") {
    case nil: break
    case .null: usage = ModelReply.unreportedUsage
    case .some(let value):
      var numbers = try ScriptObject(value, at: object.pointer + "/usage")
      usage = TokenUsage(
        input: try numbers.count("input") ?? 0, output: try numbers.count("output") ?? 0,
        cachedInput: try numbers.count("cachedInput") ?? 0)
      try numbers.refuseRest()
    }
    let cost = object.take("costUsd")?.doubleValue.flatMap(Money.init(dollars:))
    try object.refuseRest()
    return ModelReply(text: text, toolCalls: calls, finishReason: reason, usage: usage, reportedCost: cost)
  }

  private static func failure(_ object: inout ScriptObject) throws(SandboxError) -> SandboxError {
    let code = SandboxError.Code(rawValue: try object.string("code") ?? "unavailable")
    let message = try object.string("message") ?? "scripted failure"
    let status = try object.count("status")
    var retry = SandboxError.Retry.never
    switch try object.string("retry") {
    case nil, "never": break
    case "backoff": retry = .backoff
    case .some(let other):
      throw SandboxError(
        .invalidArgument, "\(object.pointer)/retry must be \"never\" or \"backoff\", not \"\(other)\"")
    }
    if let delay = try object.count("retryAfterMs") { retry = .after(.milliseconds(min(delay, 86_400_000))) }
    let mayBeBilled = object.take("mayBeBilled")?.boolValue ?? (status == nil)
    try object.refuseRest()
    return SandboxError(code, message, cause: ModelFailure(status: status, mayBeBilled: mayBeBilled), retry: retry)
  }
}
