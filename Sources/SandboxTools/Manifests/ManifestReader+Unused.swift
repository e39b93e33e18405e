import SandboxCore

extension ManifestReader {
  /// Says which fields have no effect, so that a misspelt one does not go unnoticed.
  mutating func noteUnusedFields(_ kind: KindName) {
    note(in: [], known: Self.common.union(Self.fields[kind] ?? []))
    note(in: ["metadata"], known: Self.metadata.union(Self.olderMetadata[kind] ?? []))
    for path in [["schema"], ["metadata"]] { _ = object(path) }
    if value(["schema", "parameters"]) != nil {
      note(in: ["schema"], known: ["description", "parameters", "returns", "examples"])
    }
    note(in: ["metadata", "rateLimit"], known: ["requestsPerMinute", "burst", "onExceeded"])
    note(in: ["metadata", "costEstimate"], known: ["perRequest", "currency"])
    note(in: ["metadata", "circuitBreaker"], known: ["failures", "coolDownMs"])
    note(in: ["metadata", "hedge"], known: ["afterMs"])
  }

  mutating func note(in path: [String], known: Set<String>) {
    guard let object = value(path)?.objectValue else { return }
    for key in object.keys where !known.contains(key) {
      warning(path + [key], reason(key) ?? "is not a field of a manifest here; it has no effect")
    }
  }

  private func reason(_ key: String) -> String? {
    if key == "handler" {
      return "is not used: a builtin names its handler by \"builtin\", a command its program by \"command\""
    }
    let kinds = Self.order.filter { kind in
      Self.fields[kind]?.contains(key) == true || Self.olderMetadata[kind]?.contains(key) == true
    }
    guard !kinds.isEmpty else { return nil }
    return "is only for \(kinds.map(\.rawValue).joined(separator: " and ")) tools; it has no effect"
  }

  private static let order: [KindName] = [.api, .mcp, .builtin, .command]
  private static let common: Set<String> = [
    "$schema", "id", "name", "type", "version", "description", "schema", "parameters", "metadata", "category",
    "rateLimit", "costEstimate", "effect", "approval", "fallback", "isEnabled", "isPublic", "createdAt",
    "updatedAt",
  ]
  private static let metadata: Set<String> = [
    "category", "description", "rateLimit", "costEstimate", "circuitBreaker", "hedge",
  ]
  private static let older: Set<String> = ["endpoint", "apiKey", "apiKeyField", "credentials"]
  private static let fields: [KindName: Set<String>] = [
    .api: older.union(["api"]), .mcp: older.union(["mcp", "tools", "mcpPath", "resourceName"]).union(grantFields),
    .builtin: ["builtin"], .command: grantFields.union(["command"]),
  ]
  private static let olderMetadata: [KindName: Set<String>] = [
    .api: older, .mcp: older.union(["mcpPath", "resourceName"]),
  ]
}
