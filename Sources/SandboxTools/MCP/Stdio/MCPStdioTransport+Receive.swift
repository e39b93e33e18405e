import SandboxCore
import SandboxIO
import Synchronization

/// What comes from the process, on the conversation's thread.
extension MCPStdioTransport {
  /// A message may be as deep as arguments and results can be, and a little more.
  private static let messageLimits = JSONLimits(depth: 256, size: 16 << 20)

  func receive(_ frame: LineFramer.Frame) {
    switch frame {
    case .tooLong:
      failAll { _ in
        SandboxError(.outputLimit, "the MCP server \(program) sent a message that is too large", cause: ToolFailure())
      }
    case .line(let bytes):
      switch try? JSONValue(parsing: bytes, limits: Self.messageLimits) {
      case .object(let message): receive(message)
      case .array(let batch): for case .object(let message) in batch { receive(message) }
      default: state.withLock { $0.junkLines += 1 }
      }
    }
  }

  private func receive(_ message: JSONObject) {
    let isResponse =
      !message.contains(key: "method") && (message.contains(key: "result") || message.contains(key: "error"))
    // Only an id as we write it: `1.0` and `"1"` are other ids than 1.
    if isResponse, case .int(let id)? = message["id"],
      let exchange = state.withLock({ $0.exchanges.removeValue(forKey: id) })
    {
      exchange.continuation.resume(returning: .success(.object(message)))
    } else {
      state.withLock { $0.inbound }?(.object(message))
    }
  }

  func ended(_ end: ConversationEnd) {
    let how = how(end)
    let conversation = state.withLock { state in
      state.ending = how
      return state.conversation
    }
    failAll { exchange in
      let isSent = conversation?.isWritten(exchange.position) ?? true
      return SandboxError(
        .unavailable, "the MCP server \(program) ended before it answered: \(how)",
        cause: ToolFailure(isBeforeEffect: !isSent), retry: .backoff)
    }
  }

  private func how(_ end: ConversationEnd) -> String {
    var status =
      switch end.status {
      case .exited(let code): "exit code \(code)"
      case .signaled(let number): "signal \(number)"
      }
    if let limit = end.termination.passedLimit { status = "it was stopped because it \(limit)" }
    let written = end.standardError
    let last = written.suffix(400)
    // Of a word that is cut in two, nobody could tell any more that it is a secret.
    let isCut = last.startIndex > written.startIndex
    let said = String(isCut ? last.drop { !$0.isWhitespace } : last).excerpt(400)
    return said.allSatisfy(\.isWhitespace) ? status : "\(status); it said: \(said)"
  }

  private func failAll(_ error: (Exchange) -> SandboxError) {
    let exchanges = state.withLock { state in
      defer { state.exchanges = [:] }
      return Array(state.exchanges.values)
    }
    for exchange in exchanges { exchange.continuation.resume(returning: .failure(error(exchange))) }
  }
}
