package import SandboxCore

/// Where a session's reports go: `status.json`, `result.json` and the final artifacts. Closures, so that the session
/// knows no file system.
package struct ReportWriter: Sendable {
  /// Replaces the status; `isFinal` asks for it to be durable.
  package let status: @Sendable (_ document: JSONValue, _ isFinal: Bool) async throws -> Void
  package let result: @Sendable (_ document: JSONValue) async throws -> Void
  /// Writes one artifact under its name.
  package let artifact: @Sendable (_ name: String, _ bytes: [UInt8]) async throws -> Void

  package init(
    status: @escaping @Sendable (JSONValue, Bool) async throws -> Void,
    result: @escaping @Sendable (JSONValue) async throws -> Void,
    artifact: @escaping @Sendable (String, [UInt8]) async throws -> Void
  ) {
    self.status = status
    self.result = result
    self.artifact = artifact
  }
}
