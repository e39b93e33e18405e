import SandboxCore
import SandboxTestKit
import Synchronization

/// A model that makes a document, sends sixteen sub-agents to work, and lets them work for ever: only a limit ends it.
///
/// It bills what a provider may bill: any number of tokens up to the prompt's bytes and the cap on the reply. It keeps
/// its own books, in tenths of a micro-dollar at $2.50 and $10 for a million tokens, for replies that are lost as well.
final class GreedyTeam: Sendable {
  struct Books: Sendable {
    var tenthsOfMicrodollars = 0
    var tokens = 0
    var workers = 0
    var lost = 0
    var uncapped = 0
  }

  static let agents = 16

  private let seed: UInt64
  private let losesReplies: Bool
  private let state = Mutex(Books())

  init(seed: UInt64, losesReplies: Bool = true) {
    self.seed = seed
    self.losesReplies = losesReplies
  }

  var books: Books { state.withLock { $0 } }
  var billedDollars: Double { Double(books.tenthsOfMicrodollars) / 10_000_000 }

  func server() -> ScriptedModelServer { ScriptedModelServer { await self.reply(to: $0) } }

  private func reply(to request: ScriptedModelServer.Request) async -> ScriptedModelReply {
    var random = SeededGenerator(seed: seed &* 1_000_003 &+ UInt64(request.number))
    let cap = (request.body["max_completion_tokens"] ?? request.body["max_tokens"])?.intValue
    let text = request.messages.reduce(0) { $0 + ($1["content"]?.stringValue?.utf8.count ?? 0) }
    // A tokeniser counts the same beginning alike each time.
    let prompt = text / (1 + Int(seed % 4))
    // Most replies are long: the cap counts.
    let long = cap ?? 1
    let completion = Bool.random(using: &random) ? long : Int.random(in: 1...max(1, long), using: &random)
    let isWorker = request.messages.contains { $0["content"]?.stringValue?.hasPrefix("part ") == true }
    let isLost = losesReplies && isWorker && Int.random(in: 0..<8, using: &random) == 0
    state.withLock {
      $0.tenthsOfMicrodollars += prompt * 25 + completion * 100
      $0.tokens += prompt + completion
      $0.workers += isWorker ? 1 : 0
      $0.lost += isLost ? 1 : 0
      $0.uncapped += cap == nil ? 1 : 0
    }
    let pause = Duration.milliseconds(Int.random(in: 0...30, using: &random))
    if isWorker {
      let reply = ScriptedModelReply.call(
        "echo", ["text": .string("step \(request.number)")], id: "w\(request.number)", prompt: prompt,
        completion: completion)
      return .delayed(pause, isLost ? .cutOff(reply) : reply)
    }
    guard request.toolNames.contains("delegate_task") else {
      return .text("What is known so far.", prompt: prompt, completion: completion)
    }
    let results = request.messages.count { $0["role"]?.stringValue == "tool" }
    let call: (Int) -> ScriptedModelReply.ToolCall = { index in
      let arguments: JSONValue = ["agentId": "omega:research", "task": .string("part \(index)")]
      return .init(id: "d\(index)", name: "delegate_task", arguments: arguments.text(.compact))
    }
    switch results {
    case 0:
      let document = DocumentCall.arguments(DocumentSession.name, DocumentSession.text)
      return .call("execute_tool", document, prompt: prompt, completion: completion)
    case 1: return .toolCalls((0..<Self.agents).map(call), prompt: prompt, completion: completion)
    default: return .text("The team is done.", prompt: prompt, completion: completion)
    }
  }
}
