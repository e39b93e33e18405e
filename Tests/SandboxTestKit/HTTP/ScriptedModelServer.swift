package import SandboxCore
import Synchronization

/// An OpenAI-compatible chat completions service for tests, over real HTTP, whose replies are scripted.
package final class ScriptedModelServer: Sendable {
  package struct Request: Sendable {
    /// From 0.
    package let number: Int
    package let body: JSONValue
    package let authorization: String?
    package let idempotencyKey: String?

    package var model: String { body["model"]?.stringValue ?? "" }
    package var messages: [JSONValue] { body["messages"]?.arrayValue ?? [] }
    /// The text of the last message with this role.
    package func last(_ role: String) -> String? {
      messages.last { $0["role"] == .string(role) }?["content"]?.stringValue
    }
    package var toolNames: [String] {
      (body["tools"]?.arrayValue ?? []).compactMap { $0["function"]?["name"]?.stringValue }
    }
  }

  private struct State {
    var requests: [Request] = []
    var promptTokens = 0
    var completionTokens = 0
    var inFlight = 0
    var peakInFlight = 0
  }

  private let script: @Sendable (Request) async -> ScriptedModelReply
  private let state = Mutex(State())

  /// - Parameter script: answers each request; may be called concurrently.
  package init(_ script: @escaping @Sendable (Request) async -> ScriptedModelReply) { self.script = script }

  /// Answers in this order, and with the last of them from then on.
  package convenience init(_ replies: [ScriptedModelReply]) {
    self.init { request in
      replies.isEmpty ? .text("done") : replies[min(request.number, replies.count - 1)]
    }
  }

  /// Serves on a free port while `body` runs; the string is what `OPENAI_BASE_URL` would be.
  package func run<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    try await LoopbackServer.run({ await self.answer($0) }) { server in try await body("\(server.url)/v1") }
  }

  package var requests: [Request] { state.withLock { $0.requests } }
  package var requestCount: Int { state.withLock { $0.requests.count } }
  /// What a provider would charge for: also for replies that never arrived whole.
  package var promptTokensBilled: Int { state.withLock { $0.promptTokens } }
  package var completionTokensBilled: Int { state.withLock { $0.completionTokens } }
  /// The most requests that were being answered at the same time.
  package var peakConcurrency: Int { state.withLock { $0.peakInFlight } }

  private func answer(_ request: LoopbackRequest) async -> LoopbackReply {
    guard request.method == "POST", request.path == "/v1/chat/completions" else { return .html(404) }
    guard let body = try? JSONValue(parsing: request.body), body["messages"]?.arrayValue != nil else {
      return render(.error(400, code: "invalid_json", type: "invalid_request_error"), number: 0, model: "")
    }
    let received = state.withLock { state in
      state.inFlight += 1
      state.peakInFlight = max(state.peakInFlight, state.inFlight)
      let received = Request(
        number: state.requests.count, body: body, authorization: request.header("Authorization"),
        idempotencyKey: request.header("Idempotency-Key"))
      state.requests.append(received)
      return received
    }
    var reply = render(await script(received), number: received.number, model: received.model)
    // The server's own delay would not count as being answered.
    if reply.delay > .zero {
      try? await Task.sleep(for: reply.delay)
      reply.delay = .zero
    }
    state.withLock { $0.inFlight -= 1 }
    return reply
  }

  private func render(_ reply: ScriptedModelReply, number: Int, model: String) -> LoopbackReply {
    func completion(_ message: JSONObject, _ finish: JSONValue, _ usage: (prompt: Int, completion: Int)?)
      -> LoopbackReply
    {
      var message = message
      message["role"] = "assistant"
      var body: JSONObject = [
        "id": .string("chatcmpl-\(number)"), "object": "chat.completion", "created": 1_768_480_496,
        "model": .string(model), "choices": [["index": 0, "message": .object(message), "finish_reason": finish]],
      ]
      if let usage {
        body["usage"] = [
          "prompt_tokens": .int(Int64(usage.prompt)), "completion_tokens": .int(Int64(usage.completion)),
          "total_tokens": .int(Int64(usage.prompt + usage.completion)),
        ]
        state.withLock {
          $0.promptTokens += usage.prompt
          $0.completionTokens += usage.completion
        }
      }
      return .json(.object(body))
    }
    switch reply {
    case .text(let text, let prompt, let tokens):
      return completion(["content": .string(text)], "stop", (prompt, tokens))
    case .textWithoutUsage(let text): return completion(["content": .string(text)], "stop", nil)
    case .cutByLength(let text, let prompt, let tokens):
      return completion(["content": .string(text)], "length", (prompt, tokens))
    case .refusal(let text): return completion(["content": .null, "refusal": .string(text)], "stop", (10, 5))
    case .toolCalls(let calls, let text, let prompt, let tokens):
      let wire = calls.map { call -> JSONValue in
        [
          "id": .string(call.id), "type": "function",
          "function": ["name": .string(call.name), "arguments": .string(call.arguments)],
        ]
      }
      return completion(
        ["content": text.map { .string($0) } ?? .null, "tool_calls": .array(wire)], "tool_calls", (prompt, tokens))
    case .error(let status, let code, let type, let retryAfter):
      var reply = LoopbackReply.json(
        ["error": ["message": "scripted", "type": .string(type), "param": .null, "code": .string(code)]], status: status
      )
      if let retryAfter { reply.headers.append(("Retry-After", retryAfter)) }
      return reply
    case .raw(let reply): return reply
    case .delayed(let delay, let inner):
      var reply = render(inner, number: number, model: model)
      reply.delay += delay
      return reply
    case .cutOff(let inner):
      var reply = render(inner, number: number, model: model)
      reply.delivery = .cutBody(after: reply.body.count / 2)
      return reply
    }
  }
}
