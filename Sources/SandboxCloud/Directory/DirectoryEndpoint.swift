internal import Dispatch
package import SandboxCore

/// A folder as the place where status and results go: for runs without a cloud, and for tests.
///
/// `<folder>/<session>/` holds `status.jsonl` (a line for each update), `artifacts/` (files under their names) and
/// `results.json`, which is written last: when it is there, everything it lists is. Each file is complete or absent, and
/// durable when the call returns.
package struct DirectoryEndpoint: CloudEndpoint {
  private let folder: String
  // File operations block; and one at a time, they cannot disturb one another.
  private let queue = DispatchQueue(label: "sandbox.cloud.directory")

  /// - Parameter folder: made with the first write.
  package init(folder: String) { self.folder = folder }

  package var name: String { "directory \(folder)" }

  /// A folder keeps no configuration.
  package func configuration(of session: SessionID) async throws(SandboxError) -> JSONValue? { nil }

  /// Appends the update, unless one with its sequence number is there.
  ///
  /// - Throws: `.unavailable` naming the path; `.invalidArgument` for a session id that is no name.
  package func update(_ status: StatusUpdate) async throws(SandboxError) {
    let folder = try folder(of: status.sessionID)
    let line: JSONValue = [
      "sequence": .int(status.sequence), "time": .int(status.time), "status": .string(status.phase.rawValue),
      "reason": .string(status.reason), "outcome": status.outcome.map { .string($0) } ?? .null,
      "cancelledBy": status.cancelledBy.map { .string($0) } ?? .null,
    ]
    try await onQueue { () throws(SandboxError) in
      try folder.make()
      let present = try folder.read("status.jsonl") ?? []
      let isKnown = present.split(separator: UInt8(ascii: "\n")).contains { text in
        (try? JSONValue(parsing: text))?["sequence"] == .int(status.sequence)
      }
      if isKnown { return }
      // A line that was cut off by a crash must not swallow this one.
      let start = present.isEmpty || present.last == UInt8(ascii: "\n") ? "" : "\n"
      try folder.append(Array("\(start)\(line.text())\n".utf8), to: "status.jsonl")
    }
  }

  /// Writes all artifacts, then `results.json`. Delivering again changes nothing but what differs.
  ///
  /// - Throws: as ``update(_:)``, and what `contents` throws; artifacts whose content does not have its recorded size are
  ///   refused with `.invalidArgument`, as are names that lead out of the folder.
  package func deliver(
    _ results: ResultDelivery, idempotencyKey: String, contents: any BlobStore
  ) async throws(SandboxError) {
    let folder = try folder(of: results.sessionID)
    for artifact in results.artifacts {
      let name = try FolderPath.checked(artifact.name)
      // The store has verified the bytes against their hash.
      let bytes = try await contents.get(artifact.content)
      guard bytes.count == artifact.content.size else {
        throw SandboxError(
          .invalidArgument, "artifact \"\(name)\" has \(bytes.count) bytes, not \(artifact.content.size)")
      }
      try await onQueue { () throws(SandboxError) in
        try folder.make()
        try folder.replace("artifacts/\(name)", with: bytes)
      }
    }
    let summary = Self.summary(results, idempotencyKey)
    try await onQueue { () throws(SandboxError) in
      try folder.make()
      try folder.replace("results.json", with: summary.utf8(.pretty) + [UInt8(ascii: "\n")])
    }
  }

  private func folder(of session: SessionID) throws(SandboxError) -> DurableFolder {
    if let problem = NameGrammar.problem(in: session.rawValue) {
      throw SandboxError(.invalidArgument, "session id \(problem)")
    }
    return DurableFolder(path: "\(folder)/\(session.rawValue)")
  }

  private static func summary(_ results: ResultDelivery, _ idempotencyKey: String) -> JSONValue {
    let metrics = results.metrics
    return [
      "sessionId": .string(results.sessionID.rawValue), "workspaceId": .string(results.workspaceID),
      "idempotencyKey": .string(idempotencyKey), "outcome": .string(results.outcome),
      "error": results.error.map { .string($0) } ?? .null, "answer": .string(results.answer),
      "artifacts": .array(
        results.artifacts.map { artifact in
          [
            "artifactId": .string(artifact.id.rawValue), "type": .string(artifact.kind.rawValue),
            "name": .string(artifact.name), "path": .string("artifacts/\(artifact.name)"),
            "title": .string(artifact.title), "mediaType": .string(artifact.mediaType),
            "size": .int(Int64(artifact.content.size)), "sha256": .string(artifact.content.sha256),
            "version": .int(Int64(artifact.version)), "generatedBy": .string(artifact.author.rawValue),
            "madeBy": .array(artifact.madeBy.map { .string($0.rawValue) }), "metadata": artifact.metadata,
          ]
        }),
      "finalMetadata": [
        "totalTokensUsed": .int(Int64(metrics.totalTokensUsed)), "totalCost": .double(metrics.totalCost.dollars),
        "toolExecutions": .int(Int64(metrics.toolExecutions)), "toolErrors": .int(Int64(metrics.toolErrors)),
        "duration": .int(metrics.durationMilliseconds), "tasksCompleted": .int(Int64(metrics.tasksCompleted)),
        "tasksFailed": .int(Int64(metrics.tasksFailed)),
      ],
    ]
  }

  private func onQueue(_ work: @escaping @Sendable () throws(SandboxError) -> Void) async throws(SandboxError) {
    let result = await withCheckedContinuation { continuation in
      queue.async {
        do throws(SandboxError) {
          try work()
          continuation.resume(returning: Result<Void, SandboxError>.success(()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    try result.get()
  }
}
