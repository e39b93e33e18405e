import SandboxCore

/// Puts a secret into a request, when it may go where the request goes.
struct APICredentials {
  let secrets: SecretStore

  /// - Throws: `.unauthorized` when there is no such secret, `.denied` when it is not bound to the request's host.
  func apply(_ credential: Credential, to request: inout HTTPRequest) throws(SandboxError) {
    guard let secret = secrets[credential.secret] else {
      throw SandboxError(
        .unauthorized, "API key not found: \(credential.secret); set TOOL_SECRET_\(credential.secret)",
        cause: ToolFailure(isBeforeEffect: true))
    }
    guard let url = try? HTTPURL(request.url), secret.isBound(toHost: url.host, port: url.port) else {
      throw SandboxError(
        .denied,
        "the secret \(secret.name) may not be sent to this host; TOOL_SECRET_\(secret.name)_HOSTS says where it may go",
        cause: ToolFailure(isBeforeEffect: true))
    }
    switch credential.kind {
    case .bearer: set("Authorization", "Bearer \(secret.value)", in: &request)
    case .raw: set("Authorization", secret.value, in: &request)
    case .basic: set("Authorization", "Basic \(Base64.encode(Array(secret.value.utf8)))", in: &request)
    case .apiKey(let header): set(header, secret.value, in: &request)
    case .queryKey(let parameter):
      let separator = request.url.contains("?") ? "&" : "?"
      request.url += "\(separator)\(URLEncoding.component(parameter))=\(URLEncoding.component(secret.value))"
    }
  }

  private func set(_ name: String, _ value: String, in request: inout HTTPRequest) {
    request.headers.removeAll { $0.name.lowercased() == name.lowercased() }
    request.headers.append(HTTPHeader(name, value))
    request.sensitiveHeaders.insert(name)
  }
}
