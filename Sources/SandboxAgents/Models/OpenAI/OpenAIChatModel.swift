package import SandboxCore
import Synchronization

/// A model behind an OpenAI-compatible chat completions endpoint: OpenAI itself, OpenRouter, Ollama, vLLM, llama.cpp,
/// LiteLLM. Sends only what is configured, because strict servers refuse unknown fields.
///
/// One attempt a call; delays, money and the journal are the metered model's business.
package final class OpenAIChatModel: LanguageModel {
  package let name: String
  private let url: String
  private let key: String?
  private let model: String
  private let profile: OpenAIProfile
  private let transport: any HTTPTransport
  private let time: TimeSource
  /// Newer OpenAI models refuse tools together with reasoning; once one has said so, it is remembered.
  private let needsEffortNone: Mutex<Bool>
  private let mayUseEffortNone: Bool

  /// - Parameters:
  ///   - name: as it stands in journal and messages, `openai/gpt-4o`.
  ///   - model: as the server knows it, `gpt-4o`.
  ///   - baseURL: up to and including `/v1`.
  ///   - key: sent as bearer token; nil for a server that needs none.
  package init(
    name: String, model: String, baseURL: String, key: String?, profile: OpenAIProfile, facts: ModelFacts,
    transport: any HTTPTransport, time: TimeSource = .system
  ) {
    self.name = name
    self.model = model
    var base = baseURL
    while base.hasSuffix("/") { base.removeLast() }
    url = base + "/chat/completions"
    self.key = key
    self.profile = profile
    self.transport = transport
    self.time = time
    needsEffortNone = Mutex(facts.flags.contains(.chatToolsNeedEffortNone) && facts.flags.contains(.effortNone))
    mayUseEffortNone = facts.flags.contains(.effortNone) || !facts.flags.contains(.chatToolsNeedEffortNone)
  }

  package func respond(to request: ModelRequest) async throws(SandboxError) -> ModelReply {
    let usesEffortNone = !request.tools.isEmpty && needsEffortNone.withLock { $0 }
    switch try read(await send(request, reasoningEffort: usesEffortNone ? "none" : nil)) {
    case .reply(let reply): return reply
    case .failure(let failure):
      guard failure.status == 400, failure.parameter == "reasoning_effort", !request.tools.isEmpty, !usesEffortNone,
        mayUseEffortNone
      else { throw failure.error }
    }
    switch try read(await send(request, reasoningEffort: "none")) {
    case .reply(let reply):
      needsEffortNone.withLock { $0 = true }
      return reply
    case .failure(let failure): throw failure.error
    }
  }

  private func send(_ request: ModelRequest, reasoningEffort: String?) async throws(SandboxError) -> HTTPReply {
    var headers = [
      HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", "application/json"),
      HTTPHeader("Idempotency-Key", request.idempotencyKey),
      HTTPHeader("X-Retry-Count", String(max(0, request.attempt - 1))),
    ]
    if let key { headers.append(HTTPHeader("Authorization", "Bearer \(key)")) }
    let body = OpenAIRequestBody(request, model: model, profile: profile, reasoningEffort: reasoningEffort)
    do {
      return try await transport.send(
        HTTPRequest(url: url, headers: headers, body: body.bytes, timeout: request.timeout))
    } catch {
      if error.code == .cancelled { throw error }
      if error.code == .invalidArgument {
        throw SandboxError(
          .invalidArgument, "\(name): the request cannot be sent: \(error.message)",
          cause: ModelFailure(status: nil, mayBeBilled: false))
      }
      let reached = (error.cause as? HTTPFailure)?.reached ?? true
      let code: SandboxError.Code = error.code == .outputLimit ? .invalidResponse : .unavailable
      throw SandboxError(
        code, "\(name): no reply: \(error.message)", cause: ModelFailure(status: nil, mayBeBilled: reached),
        retry: .backoff)
    }
  }

  private enum Answer {
    case reply(ModelReply)
    case failure(OpenAIFailure)
  }

  private func read(_ reply: HTTPReply) throws(SandboxError) -> Answer {
    let isSuccess = (200..<300).contains(reply.status)
    var body = OpenAIReply(body: .null)
    do throws(SandboxError) {
      body = OpenAIReply(body: try JSONValue(parsing: reply.body))
    } catch {
      if isSuccess { throw invalid(reply, "not JSON: \(error.message)") }
    }
    let error = body.error
    guard isSuccess, error == nil else {
      return .failure(
        OpenAIFailure(
          model: name, key: key, status: reply.status, hint: RetryHint(reply, now: time.wallMilliseconds()),
          body: error,
          isInsideSuccess: isSuccess))
    }
    let requestID = reply.header("x-request-id") ?? reply.header("x-generation-id")
    guard let answer = body.reply(requestID: requestID) else { throw invalid(reply, "no message in it") }
    return .reply(answer)
  }

  private func invalid(_ reply: HTTPReply, _ problem: String) -> SandboxError {
    SandboxError(
      .invalidResponse, "\(name): the reply of \(reply.body.count) bytes is no chat completion: \(problem)",
      cause: ModelFailure(status: reply.status, mayBeBilled: true), retry: .backoff)
  }
}
