package import SandboxCore

/// A Convex deployment as the place where status and results go.
///
/// Convex drops no repeated call, so delivery is made repeatable here: with the seed's functions artifacts have ids that
/// we choose and the function replaces one that is there; with the origin's, which insert, the deployment is asked first
/// whether this delivery has arrived. After a lost reply the same content is simply sent again.
package struct ConvexEndpoint: CloudEndpoint {
  private let client: ConvexClient
  private let functions: ConvexFunctions
  private let maximumCallBytes: Int
  package let name: String

  package init(_ configuration: ConvexConfiguration, over transport: any HTTPTransport) {
    client = ConvexClient(configuration, over: transport)
    functions = configuration.functions
    maximumCallBytes = configuration.maximumCallBytes
    name = "convex \(configuration.url)"
  }

  /// See ``CloudEndpoint/configuration(of:)``.
  package func configuration(of session: SessionID) async throws(SandboxError) -> JSONValue? {
    let value = try await client.call(.query, functions.getConfig, ["sessionId": .string(session.rawValue)])
    if value.isNull { return nil }
    return functions.fields == .seed ? value : ConvexSessionRow.configuration(value, of: session)
  }

  /// See ``CloudEndpoint/update(_:)``. A deployment that declines the metadata gets the phase without it.
  package func update(_ status: StatusUpdate) async throws(SandboxError) {
    try await callFirstAccepted(functions.updateStatus, ConvexStatus.attempts(status, functions.fields))
  }

  /// See ``CloudEndpoint/deliver(_:idempotencyKey:contents:)``. The answer, for which there is no field, goes as an artifact
  /// of type `analysis`, unless an artifact has the same content. A deployment that declines the seed's fields gets the
  /// smaller set of the origin.
  ///
  /// - Throws: besides what the calls throw, `.unsupported` after everything else was delivered, when an artifact does
  ///   not fit a document.
  package func deliver(
    _ results: ResultDelivery, idempotencyKey: String, contents: any BlobStore
  ) async throws(SandboxError) {
    var tooLarge: [Artifact] = []
    var batch: [ConvexArtifact] = []
    var size = 0
    var calls = 0
    for artifact in try await artifacts(of: results, contents) {
      let bytes = ConvexArtifact.mayFit(artifact.content.size) ? try await contents.get(artifact.content) : nil
      guard let document = bytes.flatMap({ ConvexArtifact(artifact, $0) }) else {
        tooLarge.append(artifact)
        continue
      }
      if !batch.isEmpty, size + document.contentBytes > maximumCallBytes {
        try await sync(batch, of: results, key: "\(idempotencyKey)/\(calls)")
        (batch, size, calls) = ([], 0, calls + 1)
      }
      batch.append(document)
      size += document.contentBytes
    }
    try await sync(batch, of: results, key: "\(idempotencyKey)/\(calls)")
    if let first = tooLarge.first {
      throw SandboxError(
        .unsupported,
        "\(tooLarge.count) artifacts are too large for a Convex document, as \"\(first.name.excerpt(80))\" with "
          + "\(first.content.size) bytes; file storage is not supported yet, the rest was delivered")
    }
  }

  private func artifacts(of results: ResultDelivery, _ contents: any BlobStore) async throws(SandboxError) -> [Artifact]
  {
    if results.answer.isEmpty { return results.artifacts }
    let content = try await contents.put(Array(results.answer.utf8))
    if results.artifacts.contains(where: { $0.content == content }) { return results.artifacts }
    let answer = Artifact(
      id: ArtifactID("\(results.sessionID)-answer"), name: "answer.md", kind: .analysis, mediaType: "text/markdown",
      title: "Answer", content: content, author: .meta, madeBy: [], version: 1,
      metadata: ["outcome": .string(results.outcome)])
    return results.artifacts + [answer]
  }

  private func sync(_ batch: [ConvexArtifact], of results: ResultDelivery, key: String) async throws(SandboxError) {
    if functions.fields == .origin, !batch.isEmpty, try await hasArrived(key, of: results.sessionID) { return }
    let attempts: [ConvexFunctions.Fields] = functions.fields == .seed ? [.seed, .origin] : [.origin]
    try await callFirstAccepted(
      functions.syncResults,
      attempts.map { fields in
        [
          "sessionId": .string(results.sessionID.rawValue),
          "artifacts": .array(batch.map { $0.fields(fields, deliveryKey: key) }),
          "finalMetadata": fields.finalMetadata(of: results),
        ]
      })
  }

  /// Whether the deployment has artifacts of this delivery. All of a call are inserted, or none.
  private func hasArrived(_ key: String, of session: SessionID) async throws(SandboxError) -> Bool {
    let state = try await client.call(.query, functions.getConfig, ["sessionId": .string(session.rawValue)])
    let artifacts = state["artifacts"]?.arrayValue ?? []
    return artifacts.contains { $0["metadata"]?["deliveryKey"] == .string(key) }
  }

  /// Calls with each set of arguments in turn until the deployment does not decline. A declined call has changed nothing.
  private func callFirstAccepted(_ function: String, _ attempts: [JSONObject]) async throws(SandboxError) {
    var declined: SandboxError?
    for arguments in attempts {
      do throws(SandboxError) {
        _ = try await client.call(.mutation, function, arguments)
        return
      } catch {
        guard error.code == .rejected else { throw error }
        // The first refusal is the one that tells what is wrong.
        declined = declined ?? error
      }
    }
    if let declined { throw declined }
  }
}
