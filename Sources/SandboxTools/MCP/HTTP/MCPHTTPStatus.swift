import SandboxCore

/// What an HTTP status that is no success means for a message to an MCP server.
enum MCPHTTPStatus {
  static func failure(_ reply: HTTPExchange) -> SandboxError {
    let status = reply.status
    switch status {
    case 401, 403:
      return SandboxError(
        .unauthorized, "the MCP server refused the credential, or wants one (status \(status))",
        cause: ToolFailure(isBeforeEffect: true))
    case 404:
      return SandboxError(
        .notFound, "there is no MCP server at this URL (status 404)", cause: ToolFailure(isBeforeEffect: true))
    case 429: return SandboxError(.rateLimited, "the MCP server was asked too often (status 429)", retry: retry(reply))
    case 408, 500...:
      return SandboxError(
        .unavailable, "the MCP server failed with status \(status)", cause: HTTPFailure(reached: true),
        retry: retry(reply))
    default:
      return SandboxError(
        .rejected, "the MCP server refused the request with status \(status)", cause: ToolFailure(isBeforeEffect: true))
    }
  }

  private static func retry(_ reply: HTTPExchange) -> SandboxError.Retry {
    let head = HTTPReply(status: reply.status, headers: reply.headers)
    return RetryAfter.delay(in: head).map { .after($0) } ?? .backoff
  }
}
