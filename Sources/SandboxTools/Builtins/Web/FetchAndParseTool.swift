import SandboxCore

/// `fetch_and_parse`: what an address has to say, as Markdown, text or JSON.
struct FetchAndParseTool: BuiltinTool {
  static let name = "fetch_and_parse"
  static let defaultBytes = 24 << 10
  static let maximumBytes = 32 << 10

  /// What is received at most.
  private static let maximumReplyBytes = 8 << 20
  private static let maximumURLBytes = 4096
  private static let longestWait = Duration.seconds(30)

  private let transport: (any HTTPTransport)?

  init(_ context: BuiltinContext) { transport = context.transport }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = BuiltinArguments(invocation)
    let url = try Self.url(try arguments.string("url", maximumBytes: Self.maximumURLBytes))
    let wish = try arguments.optionalString("format") ?? FetchedPage.Format.markdown.rawValue
    guard let format = FetchedPage.Format(rawValue: wish) else {
      throw SandboxError(.invalidArgument, "format is \(wish.quoted); it must be markdown, text or json")
    }
    let offset = try arguments.int("offset", in: 0...Int.max, default: 0)
    let length = try arguments.int("maxBytes", in: 1...Self.maximumBytes, default: Self.defaultBytes)
    let reply = try await fetch(url, format, invocation)
    let source = reply.url.isEmpty ? url : try HTTPURL(reply.url)
    let page = try await BlockingWork.run { _ throws(SandboxError) in
      try FetchedPage(reply, url: source, format: format)
    }
    return ToolOutput(json: page.json(source: source.description, offset: offset, length: length))
  }

  private static func url(_ text: String) throws(SandboxError) -> HTTPURL {
    do throws(SandboxError) {
      return try HTTPURL(text.trimmingSpaces)
    } catch {
      throw SandboxError(
        .invalidArgument, "\(text.quoted) cannot be fetched: \(error.message); give an address as https://host/path")
    }
  }

  private func fetch(
    _ url: HTTPURL, _ format: FetchedPage.Format, _ invocation: ToolInvocation
  ) async throws(SandboxError) -> HTTPReply {
    guard let transport else {
      throw SandboxError(
        .unsupported,
        "network access is not available in this session, so \(url) cannot be fetched; work with "
          + "the files and tools that are there")
    }
    let accept = format == .json ? "application/json, */*;q=0.5" : "text/html, application/xhtml+xml, text/*, */*;q=0.5"
    let request = HTTPRequest(
      method: "GET", url: url.description,
      headers: [HTTPHeader("Accept", accept), HTTPHeader("User-Agent", "sandbox-entry")],
      timeout: min(invocation.timeout, Self.longestWait), maximumReplyBytes: Self.maximumReplyBytes,
      redirects: invocation.redirects)
    let reply = try await transport.send(request)
    guard (200..<300).contains(reply.status) else { throw Self.failure(url, reply) }
    return reply
  }

  private static func failure(_ url: HTTPURL, _ reply: HTTPReply) -> SandboxError {
    let (code, mayRetry): (SandboxError.Code, Bool) =
      switch reply.status {
      case 404, 410: (.notFound, false)
      case 401, 403: (.denied, false)
      case 429: (.rateLimited, true)
      case 408, 500..<600: (.unavailable, true)
      default: (.rejected, false)
      }
    let retry: SandboxError.Retry = mayRetry ? RetryAfter.delay(in: reply).map { .after($0) } ?? .backoff : .never
    return SandboxError(code, "Failed to fetch \(url.description.excerpt(500)): \(reply.status)", retry: retry)
  }
}
