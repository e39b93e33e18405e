import SandboxCore
import Synchronization

/// What comes from the server and is no response that somebody waits for. On the transport's thread: everything here
/// returns at once.
extension MCPSession {
  func receive(_ message: JSONValue) {
    guard let method = message["method"]?.stringValue else {
      return state.withLock { $0.counts.ignoredMessages += 1 }
    }
    guard let id = message["id"] else { return receiveNotification(method, message["params"] ?? .object([:])) }
    switch id {
    case .string, .int: outbox.yield(reply(to: id, method))
    default: state.withLock { $0.counts.ignoredMessages += 1 }
    }
  }

  /// Servers may ask whether we are there, and nothing else: no sampling, elicitation or roots were offered.
  private func reply(to id: JSONValue, _ method: String) -> JSONValue {
    if method == "ping" { return ["jsonrpc": "2.0", "id": id, "result": [:]] }
    return [
      "jsonrpc": "2.0", "id": id,
      "error": ["code": -32601, "message": .string("this client does not support \(method.excerpt(80))")],
    ]
  }

  private func receiveNotification(_ method: String, _ params: JSONValue) {
    switch method {
    case "notifications/progress": receiveProgress(params)
    case "notifications/tools/list_changed": onToolsChanged()
    case "notifications/message": state.withLock { $0.counts.logMessages += 1 }
    default: break
    }
  }

  private func receiveProgress(_ params: JSONValue) {
    let now = time.monotonic()
    let due: (@Sendable () -> Void)? = state.withLock { state in
      guard case .int(let token)? = params["progressToken"], var watch = state.progress[token] else {
        state.counts.droppedProgress += 1
        return nil
      }
      let progress = watch.progress(from: params, now: now)
      state.progress[token] = watch
      guard let progress else {
        state.counts.droppedProgress += 1
        return nil
      }
      return { [report = watch.report] in report(progress) }
    }
    due?()
  }
}
