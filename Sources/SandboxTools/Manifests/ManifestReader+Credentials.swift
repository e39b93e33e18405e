import SandboxCore

/// How a tool's requests prove who sends them. Only secrets that the session's owner has bound to the host are used.
extension ManifestReader {
  private static let places = [["credentials"], ["metadata", "credentials"]]
  private static let standardHeader = "X-API-Key"
  private static let standardParameter = "api_key"

  /// - Parameters:
  ///   - url: where the requests go; nil when that is not known.
  ///   - path: where the manifest names the URL.
  mutating func readCredential(_ url: ManifestURL?, _ path: [String], headers: [APISpec.Field]) -> Credential? {
    guard let (credential, place) = readDeclared() else { return nil }
    if case .apiKey(let header) = credential.kind,
      let twin = headers.first(where: { $0.name.lowercased() == header.lowercased() })
    {
      problem(["api", "headers", twin.name], "is the header of the credential; leave it out")
    }
    guard let url else { return credential }
    let host = url.place.host
    guard let secret = configuredSecret(credential.secret, place, binding: host) else { return nil }
    if !secret.isBound(toHost: host, port: url.place.port) {
      problem(
        place,
        "the secret \(secret.name) may not be sent to \(host):\(url.place.port); if it should, add \"\(host)\" to "
          + "TOOL_SECRET_\(secret.name)_HOSTS")
    }
    if !url.place.isSecure, !url.isLoopback {
      problem(path, "a secret must not be sent unencrypted; use https (http only to this machine)")
    }
    return credential
  }

  private mutating func readDeclared() -> (Credential, place: [String])? {
    guard let (path, value) = first(Self.places) else { return readOlder() }
    guard value.objectValue != nil else {
      problem(path, "must be {type, secret, field}, not \(value.typeName)")
      return nil
    }
    note(in: path, known: ["type", "secret", "field", "in"])
    guard let type = required(path + ["type"], "bearer, api-key, basic or none") else { return nil }
    if type == "none" { return nil }
    let field = string(path + ["field"])
    let isOlder = self.value(path + ["secret"]) == nil && field.map(Self.isVariable) == true
    guard let kind = readKind(type, isOlder ? nil : field, path), let (name, place) = readSecretName(path, field) else {
      return nil
    }
    return (Credential(kind, secret: name), place)
  }

  /// The secret where it belongs, or where older manifests put it.
  private mutating func readSecretName(_ path: [String], _ field: String?) -> (String, place: [String])? {
    if let value = value(path + ["secret"]) {
      return secretName(value, path + ["secret"]).map { ($0, path + ["secret"]) }
    }
    if let name = field, Self.isVariable(name) {
      warning(path + ["field"], "names a secret, which belongs at \(JSONPointer(tokens: path + ["secret"]))")
      return secretName(.string(name), path + ["field"]).map { ($0, path + ["field"]) }
    }
    for older in Self.olderPlaces where value(older)?.stringValue.map(Self.isVariable) == true {
      warning(older, "belongs at \(JSONPointer(tokens: path + ["secret"])); read from here all the same")
      return value(older).flatMap { secretName($0, older) }.map { ($0, older) }
    }
    problem(path + ["secret"], "is missing; it must be the name of a secret: \"X\" for TOOL_SECRET_X")
    return nil
  }

  private enum Place: String, CaseIterable { case header, query }

  private mutating func readKind(_ type: String, _ field: String?, _ path: [String]) -> Credential.Kind? {
    let place: Place = choice(path + ["in"]) ?? .header
    switch type {
    case "bearer", "basic":
      if place == .query { problem(path + ["in"], "must be \"header\" for \"\(type)\"") }
      if let field, field.lowercased() != "authorization" {
        problem(path + ["field"], "must be \"Authorization\" for \"\(type)\"; for another header use \"api-key\"")
      }
      return type == "bearer" ? .bearer : .basic
    case "api-key", "api_key", "apiKey":
      if type != "api-key" { warning(path + ["type"], "is now written \"api-key\"") }
      if place == .query { return .queryKey(parameter: field ?? Self.standardParameter) }
      if let field, let reason = HeaderRules.credentialProblem(name: field) { problem(path + ["field"], reason) }
      return .apiKey(header: field ?? Self.standardHeader)
    case "oauth", "oauth2":
      problem(
        path + ["type"],
        "oauth is not supported: nobody can log in during a session; get a token beforehand and use \"bearer\"")
    default:
      problem(
        path + ["type"],
        "\(JSONValue.string(type).briefText) is not known; it must be one of bearer, api-key, basic, none")
    }
    return nil
  }

  // MARK: - Older shapes

  private static let olderPlaces = [
    ["metadata", "apiKey"], ["apiKey"], ["metadata", "apiKeyField"], ["apiKeyField"],
  ]

  /// `apiKey` is the name of a variable, or true with the name in `apiKeyField`.
  private mutating func readOlder() -> (Credential, place: [String])? {
    guard let place = Self.olderPlaces.first(where: { value($0).map { $0.boolValue == nil } ?? false }) else {
      guard let place = Self.olderPlaces.first(where: { value($0)?.boolValue == true }) else { return nil }
      problem(
        place, "names no secret; put \"credentials\": {\"type\": \"bearer\", \"secret\": \"X\"} into the manifest")
      return nil
    }
    guard let value = value(place), let name = secretName(value, place) else { return nil }
    let kind = Self.guess(name)
    warning(place, "is read as \"credentials\": \(Self.shown(kind, name)); write that")
    return (Credential(kind, secret: name), place)
  }

  /// What the documents made of a variable's name.
  private static func guess(_ name: String) -> Credential.Kind {
    if name.contains("BEARER") { return .bearer }
    return name.contains("API_KEY") ? .apiKey(header: standardHeader) : .raw
  }

  private static func shown(_ kind: Credential.Kind, _ secret: String) -> String {
    switch kind {
    case .bearer: "{\"type\": \"bearer\", \"secret\": \"\(secret)\"}"
    case .raw: "{\"type\": \"api-key\", \"field\": \"Authorization\", \"secret\": \"\(secret)\"}"
    default: "{\"type\": \"api-key\", \"secret\": \"\(secret)\"}"
    }
  }

  /// Whether this looks like a variable rather than a header.
  private static func isVariable(_ text: String) -> Bool { VariableRules.isName(text) && text.contains("_") }
}
