internal import SandboxCore

/// Calls functions of a deployment over its public HTTP interface (`POST /api/query` and `/api/mutation`).
struct ConvexClient: Sendable {
  enum Kind: String { case query, mutation }

  private let configuration: ConvexConfiguration
  private let transport: any HTTPTransport

  init(_ configuration: ConvexConfiguration, over transport: any HTTPTransport) {
    self.configuration = configuration
    self.transport = transport
  }

  /// Calls a function and returns its value.
  ///
  /// - Throws: `.rejected` when the function itself failed, which trying again does not change; `.unauthorized`; others
  ///   with `retry` set when the call may be made again. Convex drops no repetition: a call whose reply was lost may have
  ///   run, so the functions must be such that running them twice is running them once.
  func call(_ kind: Kind, _ path: String, _ arguments: JSONObject) async throws(SandboxError) -> JSONValue {
    let body: JSONValue = ["path": .string(path), "args": .object(arguments), "format": "json"]
    var headers = [
      HTTPHeader("Content-Type", "application/json"), HTTPHeader("Accept", "application/json"),
      // The server knows `swift` and asks for a version; a malformed value is an error.
      HTTPHeader("Convex-Client", "swift-1.0.0"),
    ]
    if let authorization = configuration.credential.authorization {
      headers.append(HTTPHeader("Authorization", authorization))
    }
    let reply = try await transport.send(
      HTTPRequest(
        url: "\(configuration.url)/api/\(kind.rawValue)", headers: headers, body: body.utf8(),
        timeout: configuration.timeout))
    return try value(of: reply, path)
  }

  /// An envelope counts with status 200, and with 560, by which older servers marked a failed function.
  private func value(of reply: HTTPReply, _ path: String) throws(SandboxError) -> JSONValue {
    guard reply.status == 200 || reply.status == 560 else { throw systemError(reply, path) }
    guard let envelope = try? JSONValue(parsing: reply.body) else { throw noEnvelope(reply, path) }
    switch envelope["status"] {
    case "success": return envelope["value"] ?? .null
    case "error":
      var text = envelope["errorMessage"]?.stringValue ?? "no message"
      if let data = envelope["errorData"], !data.isNull { text += " " + data.text() }
      throw SandboxError(.rejected, "\(path) declined: \(excerpt(text, 600))")
    default: throw noEnvelope(reply, path)
    }
  }

  private func noEnvelope(_ reply: HTTPReply, _ path: String) -> SandboxError {
    SandboxError(
      .invalidResponse,
      "\(path): the answer (HTTP \(reply.status)) is not Convex's; check CONVEX_URL: \(excerpt(reply.text, 120))",
      cause: HTTPFailure(reached: true), retry: .backoff)
  }

  private func systemError(_ reply: HTTPReply, _ path: String) -> SandboxError {
    let what = "\(path): HTTP \(reply.status) \(detail(reply))"
    let later = RetryAfter.delay(in: reply).map { SandboxError.Retry.after($0) } ?? .backoff
    return switch reply.status {
    case 401, 403: SandboxError(.unauthorized, "\(what); check CONVEX_AUTH_TOKEN or CONVEX_DEPLOY_KEY")
    // Nothing ran.
    case 429: SandboxError(.rateLimited, what, cause: HTTPFailure(reached: false), retry: later)
    case 408, 425, 500...: SandboxError(.unavailable, what, cause: HTTPFailure(reached: true), retry: later)
    case 400..<500: SandboxError(.rejected, what)
    default: SandboxError(.invalidResponse, "\(what); check CONVEX_URL")
    }
  }

  /// `{"code", "message"}`, or the beginning of whatever came.
  private func detail(_ reply: HTTPReply) -> String {
    guard let body = try? JSONValue(parsing: reply.body), let code = body["code"]?.stringValue else {
      return excerpt(reply.text, 120)
    }
    return excerpt("\(code): \(body["message"]?.stringValue ?? "")", 300)
  }

  private func excerpt(_ text: String, _ limit: Int) -> String {
    // Longer than what is shown, shorter than what would cost time: error pages may have megabytes.
    configuration.credential.redact(String(text.prefix(8 * limit))).excerpt(limit)
  }
}
