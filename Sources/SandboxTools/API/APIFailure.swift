import SandboxCore

/// A reply whose status is not 2xx, as the error that a model reads and the bus decides by.
struct APIFailure {
  let reply: HTTPReply
  let redactor: Redactor

  private static let bodyBytes = 2 << 10

  var error: SandboxError {
    let body = ToolText(reply.text, limit: Self.bodyBytes, redactor: redactor).text
    let message = "API request failed: \(reply.status) - \(body.isEmpty ? "(no content)" : body)"
    return switch reply.status {
    case 429: SandboxError(.rateLimited, message, retry: retry)
    case 408, 425, 500..<600: SandboxError(.unavailable, message, retry: retry)
    case 401, 403, 407: SandboxError(.unauthorized, message)
    case 300..<400: SandboxError(.invalidResponse, message)
    default: SandboxError(.rejected, message)
    }
  }

  private var retry: SandboxError.Retry { RetryAfter.delay(in: reply).map { .after($0) } ?? .backoff }
}
