import SandboxCore

/// A request to the model, read back as what has happened so far.
struct OfflineConversation: Sendable {
  let prompt: String
  let system: String
  let calls: [Call]
  let tools: [ToolSpecification]

  struct Call: Sendable {
    let name: String
    let arguments: JSONValue
    let text: String
    let value: JSONValue?
    let isError: Bool
    /// False when the result was cut on its way.
    let isWhole: Bool

    func isSame(as name: String, _ arguments: JSONValue) -> Bool {
      self.name == name && self.arguments.isNumericallyEqual(to: arguments)
    }
  }

  init(_ request: ModelRequest) {
    var results: [CallID: ToolResultMessage] = [:]
    for case .toolResult(let result) in request.messages { results[result.callID] = result }
    var system = ""
    var prompt: String?
    var calls: [Call] = []
    for message in request.messages {
      switch message {
      case .system(let text): system += text
      case .user(let text): prompt = prompt ?? text
      case .toolResult: break
      case .assistant(let reply):
        for call in reply.toolCalls {
          // A call without a result did not happen as far as anyone knows; repeating it is the runtime's decision.
          let result = results[call.id]
          let parsed = result.flatMap { OfflineJSON.parse($0.text) }
          calls.append(
            Call(
              name: call.name, arguments: (try? JSONValue(parsing: call.arguments)) ?? [:], text: result?.text ?? "",
              value: parsed?.value, isError: result?.isError ?? true, isWhole: parsed?.isWhole ?? true))
        }
      }
    }
    self.system = system
    self.prompt = prompt ?? ""
    self.calls = calls
    tools = request.tools
  }

  func calls(of name: String) -> [Call] { calls.filter { $0.name == name } }

  func tool(_ name: String) -> ToolSpecification? { tools.first { $0.name == name } }

  func wasCalled(_ name: String, _ arguments: JSONValue) -> Bool {
    calls.contains { $0.isSame(as: name, arguments) }
  }
}
