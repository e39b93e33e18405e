import SandboxCore
import SandboxSQLite

@testable import SandboxAgents

/// Runs the offline model against tools in memory, as the agent loop does: it answers, the tools are called, the
/// results go back, until it answers without a call.
final class OfflineRig {
  typealias Handler = (JSONValue) throws(SandboxError) -> JSONValue

  struct Tool {
    let specification: ToolSpecification
    let run: Handler
  }

  struct Run {
    var answer = ""
    var calls: [ModelReply.ToolCall] = []
    var results: [String] = []

    func arguments(of name: String) -> [JSONValue] {
      calls.filter { $0.name == name }.compactMap { try? JSONValue(parsing: $0.arguments) }
    }
  }

  var files: [String: String]
  var documents: [JSONValue] = []
  var charts: [JSONValue] = []
  /// What each sub-agent did, by step.
  var runs: [String: Run] = [:]
  /// Set to have results cut at this many characters.
  var maximumResult = Int.max
  var extra: [Tool] = []
  /// How many calls of `create_plan` are refused before one is accepted.
  var refusedPlans = 0
  var describesDistinct = true
  /// How many entries one listing has at most.
  var maximumEntries = Int.max

  init(files: [String: String] = [:]) { self.files = files }

  // MARK: - The loop

  func run(_ agent: AgentID, _ prompt: String, system: String = "", tools: [Tool]) async throws -> Run {
    var transcript = Transcript(system: system, prompt: prompt)
    var run = Run()
    for step in 0..<30 {
      let request = ModelRequest(
        agentID: agent, messages: transcript.messages, tools: tools.map(\.specification), maxOutputTokens: 4_000,
        idempotencyKey: "\(agent)/\(step)")
      let reply = try await OfflineModel().respond(to: request)
      let again = try await OfflineModel().respond(to: request)
      guard reply == again, reply.usage == TokenUsage(), reply.reportedCost == .zero else { throw Failure.notPure }
      guard !reply.toolCalls.isEmpty else {
        run.answer = reply.text
        return run
      }
      let requests = reply.toolCalls.enumerated().map { index, call in
        ToolCallRequest(
          id: CallID("\(agent)/\(step).\(index)"), providerID: call.id, name: call.name, arguments: call.arguments)
      }
      transcript.append(AssistantMessage(text: reply.text, toolCalls: requests))
      for call in requests {
        if run.calls.contains(where: { $0.name == call.name && $0.arguments == call.arguments }) {
          throw Failure.repeated
        }
        run.calls.append(.init(id: call.providerID, name: call.name, arguments: call.arguments))
        let (text, isError) = try await result(of: call, tools)
        run.results.append(text)
        transcript.append(ToolResultMessage(callID: call.id, providerID: call.providerID, text: text, isError: isError))
      }
    }
    throw Failure.endless
  }

  enum Failure: Error { case endless, repeated, notPure, unknownTool }

  private func result(of call: ToolCallRequest, _ tools: [Tool]) async throws -> (String, isError: Bool) {
    let arguments = try JSONValue(parsing: call.arguments)
    if call.name == "create_plan" { return try await plan(arguments) }
    if call.name == "delegate_task" {
      let task = arguments["task"]?.stringValue ?? ""
      let context = arguments["context"]?.stringValue.map { "\n\nContext:\n\n\($0)" } ?? ""
      let category = arguments["agentId"]?.stringValue?.split(separator: ":").last.map(String.init) ?? ""
      let run = try await run(AgentID("omega:\(category)"), task + context, tools: self.tools(category))
      runs[category] = run
      return (run.answer, false)
    }
    guard let tool = tools.first(where: { $0.specification.name == call.name }) else { throw Failure.unknownTool }
    do {
      let text = try tool.run(arguments).text()
      return (String(text.prefix(maximumResult)), false)
    } catch {
      return (error.message, true)
    }
  }

  private func plan(_ arguments: JSONValue) async throws -> (String, isError: Bool) {
    if refusedPlans > 0 {
      refusedPlans -= 1
      return ("{\"errors\":[\"the plan is not accepted\"]}", true)
    }
    var done: [String: String] = [:]
    var outcomes: [JSONValue] = []
    for step in arguments["steps"]?.arrayValue ?? [] {
      let id = step["id"]?.stringValue ?? ""
      let needed = step["dependencies"]?.arrayValue?.compactMap(\.stringValue) ?? []
      let context = needed.compactMap { id in
        done[id].map { "[\(id)] (blackboard namespace results, key tasks/\(id))\n\($0)" }
      }
      let prompt =
        (step["task"]?.stringValue ?? "")
        + (context.isEmpty ? "" : "\n\nResults of earlier steps:\n\n\(context.joined(separator: "\n\n"))")
      let category = step["agentId"]?.stringValue?.split(separator: ":").last.map(String.init) ?? ""
      let run = try await run(AgentID("omega:\(category)"), prompt, tools: tools(category))
      runs[id] = run
      done[id] = run.answer
      outcomes.append(["id": .string(id), "status": "completed", "result": .string(run.answer)])
    }
    return (JSONValue.object(["planId": "plan-1", "status": "completed", "steps": .array(outcomes)]).text(), false)
  }

  /// Lets the meta-agent plan and the sub-agents work.
  func session(_ request: String) async throws -> Run {
    try await run(.meta, request, system: "You plan.", tools: metaTools)
  }
}
