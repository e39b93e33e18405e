package import SandboxCore
import Synchronization

/// A model that answers from a script: for tests, demonstrations and runs without a provider (`scripted:FILE`).
///
/// ## The file
///
///     { "pricedAs": "gpt-4o",
///       "steps": [
///         { "agent": "meta", "results": 0,
///           "reply": { "toolCalls": [ { "name": "delegate_task",
///                                       "arguments": { "agentId": "omega:research", "task": "Find three sources" } } ] } },
///         { "agent": "omega:*", "times": null, "reply": { "text": "Here they are.", "delayMs": 50 } },
///         { "agent": "meta", "error": { "code": "unavailable", "status": 503, "retry": "backoff" } },
///         { "agent": "meta", "reply": { "text": "Done.", "usage": { "input": 120, "output": 9 } } } ] }
///
/// A request is answered by the first step that matches it and is not used up. A request that none matches is an error
/// that says so.
///
/// | member of a step | meaning | default |
/// |---|---|---|
/// | `agent` | the agent's id, with `*` and `?` | any |
/// | `prompt` | part of the first user message | any |
/// | `last` | part of the last message | any |
/// | `results` | number of tool results in the conversation; makes a script independent of order and of restarts | any |
/// | `times` | how often it may be used; `null` is without end | 1 |
/// | `delayMs` | how long the answer takes; may stand in `reply` as well | 0 |
/// | `reply` | `text`, `toolCalls` (`name`, `arguments` as JSON or as the text to send, `id`), `finishReason`, `usage` (`input`, `output`, `cachedInput`; `null`: not reported), `costUsd` | usage: a quarter of the bytes |
/// | `error` | instead of `reply`: `code`, `message`, `status`, `retry` (`never`, `backoff`), `retryAfterMs`, `mayBeBilled` | – |
///
/// `pricedAs` gives it the price and the limits of a model of the price table; without it, it is free.
package final class ScriptedModel: LanguageModel {
  package let name: String
  package let facts: ModelFacts
  private let steps: [ScriptedStep]
  private let time: TimeSource
  private let used: Mutex<[Int]>

  package init(
    name: String = "scripted", steps: [ScriptedStep], facts: ModelFacts = .free, time: TimeSource = .system
  ) {
    self.name = name
    self.steps = steps
    self.facts = facts
    self.time = time
    used = Mutex(Array(repeating: 0, count: steps.count))
  }

  package func respond(to request: ModelRequest) async throws(SandboxError) -> ModelReply {
    let results = request.messages.count { $0.isToolResult }
    let step = used.withLock { used -> ScriptedStep? in
      let index = steps.indices.first { index in
        steps[index].times.map { used[index] < $0 } ?? true && steps[index].matches(request, results: results)
      }
      guard let index else { return nil }
      used[index] += 1
      return steps[index]
    }
    guard let step else {
      throw SandboxError(
        .rejected,
        "\(name): no step of the script is left for agent \(request.agentID) with \(results) tool results; add one",
        cause: ModelFailure(status: nil, mayBeBilled: false))
    }
    if step.delay > .zero {
      do { try await time.sleep(step.delay) } catch { throw SandboxError(.cancelled, "cancelled", cause: error) }
    }
    switch step.outcome {
    case .reply(let reply): return reply.estimated(for: request)
    case .failure(let error): throw error
    }
  }

  /// How many steps were never used: a test's script should be used up.
  package var unusedSteps: Int { used.withLock { $0.count { $0 == 0 } } }
}

extension ModelReply {
  /// By which a script says that the provider reported no usage.
  static let unreportedUsage = TokenUsage(input: -1)

  /// With a usage when the script gives none: a quarter of the bytes, at least one token.
  fileprivate func estimated(for request: ModelRequest) -> ModelReply {
    var usage = self.usage
    if usage == Self.unreportedUsage {
      usage = nil
    } else if usage == nil {
      let output = toolCalls.reduce(text.utf8.count) { $0 + $1.name.utf8.count + $1.arguments.utf8.count }
      let input = request.messages.reduce(0) { $0 + $1.text.utf8.count }
      usage = TokenUsage(input: input / 4 + 1, output: output / 4 + 1)
    }
    return ModelReply(
      text: text, toolCalls: toolCalls, finishReason: finishReason, usage: usage, reportedCost: reportedCost,
      requestID: requestID)
  }
}
