package import SandboxCore

/// The model that needs no network: fixed rules instead of a language model, for a first run, for tests and as the
/// fall-back of last resort. Its answers say so.
///
/// It keeps nothing between calls: the same request always gets the same reply. It plans when it is offered
/// `create_plan` or `delegate_task`, and works through its tools otherwise. It understands plain English requests about
/// files and tables, calls a tool only when the words fit and every required argument follows from what it was given,
/// and takes every number it states from a tool's result. It uses no tokens and costs nothing.
package struct OfflineModel: LanguageModel {
  package let name = "offline"

  package init() {}

  /// - Throws: Only ``SandboxError`` with code `cancelled`.
  package func respond(to request: ModelRequest) async throws(SandboxError) -> ModelReply {
    if Task.isCancelled { throw SandboxError(.cancelled, "the model call was cancelled") }
    let conversation = OfflineConversation(request)
    let isMeta =
      request.agentID == .meta || conversation.tool("create_plan") != nil || conversation.tool("delegate_task") != nil
    let reply = isMeta ? OfflinePlanner(conversation).next() : OfflineWorker(conversation).next()
    let usage = TokenUsage()
    switch reply {
    case .answer(let text):
      return ModelReply(text: "\(text)\n\n\(OfflineReply.note)", usage: usage, reportedCost: .zero)
    case .calls(let calls):
      let first = conversation.calls.count
      let requests = calls.enumerated().map { index, call in
        ModelReply.ToolCall(id: "offline-\(first + index + 1)", name: call.name, arguments: call.arguments.text())
      }
      return ModelReply(text: "", toolCalls: requests, finishReason: "tool_calls", usage: usage, reportedCost: .zero)
    }
  }
}
