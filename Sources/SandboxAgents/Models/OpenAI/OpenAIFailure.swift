import SandboxCore

/// What a reply that is not an answer means: which error it is, whether trying again helps, and whether it was billed.
struct OpenAIFailure {
  let model: String
  /// Must not be in any message: servers repeat the key that they refuse.
  let key: String?
  let status: Int
  let hint: RetryHint
  /// The `error` object of the body, when there is one.
  let body: JSONValue?
  /// The error came with HTTP 200, so the provider may have worked and billed.
  let isInsideSuccess: Bool

  var error: SandboxError {
    let (code, retry) = verdict
    return SandboxError(
      code, "\(model): \(summary)", cause: ModelFailure(status: status, mayBeBilled: mayBeBilled), retry: retry)
  }

  /// The place that the server complains about, as `reasoning_effort`.
  var parameter: String? { body?["param"]?.stringValue }

  /// Codes are strings at OpenAI and integers, the HTTP status, at others.
  private var providerCode: String {
    body?["code"]?.stringValue ?? body?["code"]?.intValue.map(String.init) ?? body?["type"]?.stringValue ?? ""
  }

  private var effectiveStatus: Int {
    guard isInsideSuccess else { return status }
    if let code = body?["code"]?.intValue ?? body?["status"]?.intValue, (400...599).contains(code) { return code }
    return body?["code"]?.stringValue.flatMap(Int.init).flatMap { (400...599).contains($0) ? $0 : nil } ?? 500
  }

  private var mayBeBilled: Bool { isInsideSuccess && effectiveStatus >= 500 }

  private var verdict: (SandboxError.Code, SandboxError.Retry) {
    switch effectiveStatus {
    case 401, 403: return (.unauthorized, .never)
    case 402: return (.limitExceeded, .never)
    case 404: return (.notFound, hint.retry(unlessTold: false))
    case 429 where isQuota: return (.limitExceeded, .never)
    case 429: return (.rateLimited, hint.retry(unlessTold: true))
    case 408, 409, 500...599: return (.unavailable, hint.retry(unlessTold: true))
    case 400...499: return (.rejected, hint.retry(unlessTold: false))
    default: return (.invalidResponse, .never)
    }
  }

  private var isQuota: Bool {
    body?["code"]?.stringValue == "insufficient_quota" || body?["type"]?.stringValue == "insufficient_quota"
  }

  private var summary: String {
    var text = "HTTP \(status)"
    if !providerCode.isEmpty { text += " \(Self.oneLine(withoutKey(providerCode)))" }
    if let message = body?["message"]?.stringValue ?? body?.stringValue {
      text += ": \(Self.oneLine(withoutKey(message)))"
    }
    switch verdict.0 {
    case .unauthorized: text += " (check the provider's key)"
    case .notFound: text += " (check the model's name and the base URL)"
    case .limitExceeded: text += " (the provider account has no credit left)"
    case .invalidResponse: text += " (is the base URL right?)"
    default: break
    }
    return text
  }

  private func withoutKey(_ text: String) -> String {
    guard let key, !key.isEmpty else { return text }
    return text.split(separator: key, omittingEmptySubsequences: false).joined(separator: "…")
  }

  static func oneLine(_ message: String) -> String {
    let line = String(message.unicodeScalars.prefix(400).map { $0.value < 0x20 ? " " : Character($0) })
    return message.unicodeScalars.count > 400 ? line + "…" : line
  }
}
