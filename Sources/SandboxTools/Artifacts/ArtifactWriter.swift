package import SandboxCore

/// Registers what agents make as artifacts of the session: content by hash beside the journal, record in it, a note on
/// the blackboard (namespace `artifacts`, key the name) so that other agents find it.
package struct ArtifactWriter: Sendable {
  package static let maximumBytes = 64 << 20
  package static let maximumArtifacts = 64
  /// The blackboard's namespace for artifacts.
  package static let namespace = "artifacts"

  private let log: SessionLog
  private let blobs: any BlobStore
  private let time: TimeSource

  package init(log: SessionLog, blobs: any BlobStore, time: TimeSource) {
    self.log = log
    self.blobs = blobs
    self.time = time
  }

  /// Keeps the bytes and registers them under `name`; both are durable when this returns.
  ///
  /// A name that this author used before gets its next version and keeps its id. A name that another author has is left
  /// alone: the artifact is then called `name-2`, and so on. A call that is repeated after a crash finds what it
  /// made and adds nothing. Characters that a name may not have are replaced. The id is a UUID made from session and
  /// name, so delivering twice cannot make two.
  ///
  /// - Throws: `.limitExceeded` over 64 MiB or for the 65th artifact; `.io` when content or record cannot be kept.
  package func create(
    name: String, kind: Artifact.Kind, mediaType: String, title: String, bytes: [UInt8], author: AgentID,
    madeBy call: CallID, metadata: JSONValue = .object([:])
  ) async throws(SandboxError) -> Artifact {
    guard bytes.count <= Self.maximumBytes else {
      throw SandboxError(
        .limitExceeded,
        "artifact \(name) has \(bytes.count) bytes; the limit is \(Self.maximumBytes): split it or shorten it"
      )
    }
    let content = try await blobs.put(bytes)
    return try await register(content, Draft(name, kind, mediaType, title, author, call, metadata))
  }

  /// The same with content that need not be in memory, of which more than 64 MiB are left out.
  ///
  /// - Parameter refusal: why the session, as it is then, must not have so many bytes more; thrown as `.limitExceeded`.
  package func create(
    name: String, kind: Artifact.Kind, mediaType: String, title: String, source: any BlobSource, author: AgentID,
    madeBy call: CallID, metadata: JSONValue = .object([:]),
    unless refusal: @Sendable (SessionState, _ bytes: Int) -> String?
  ) async throws(SandboxError) -> Artifact {
    let content = try await blobs.put(source, upTo: Self.maximumBytes)
    return try await register(content, Draft(name, kind, mediaType, title, author, call, metadata), unless: refusal)
  }

  /// An artifact but for its content and place.
  private struct Draft: Sendable {
    let name: String
    let kind: Artifact.Kind
    let mediaType: String
    let title: String
    let author: AgentID
    let call: CallID
    let metadata: JSONValue

    init(
      _ name: String, _ kind: Artifact.Kind, _ mediaType: String, _ title: String, _ author: AgentID, _ call: CallID,
      _ metadata: JSONValue
    ) {
      self.name = ArtifactName.sanitized(name)
      self.kind = kind
      self.mediaType = mediaType
      self.title = title
      self.author = author
      self.call = call
      self.metadata = metadata
    }
  }

  private func register(
    _ content: BlobReference, _ draft: Draft,
    unless refusal: @Sendable (SessionState, _ bytes: Int) -> String? = { _, _ in nil }
  ) async throws(SandboxError) -> Artifact {
    let now = time.wallMilliseconds()
    return try await log.transact(actor: draft.author) { state throws(SandboxError) in
      let (name, previous) = Self.place(for: draft.name, author: draft.author, in: state)
      if let previous, previous.content == content, previous.madeBy.contains(draft.call) { return ([], previous) }
      if let reason = refusal(state, content.size) { throw SandboxError(.limitExceeded, reason) }
      guard previous != nil || state.artifacts.count < Self.maximumArtifacts else {
        throw SandboxError(
          .limitExceeded,
          "the session has \(Self.maximumArtifacts) artifacts already; write a new version of one of them instead")
      }
      let session = state.session?.sessionID.rawValue ?? ""
      let artifact = Artifact(
        id: previous?.id ?? ArtifactID(StableUUID.make("artifact", session, name)), name: name, kind: draft.kind,
        mediaType: draft.mediaType, title: draft.title, content: content, author: draft.author, madeBy: [draft.call],
        version: (previous?.version ?? 0) + 1, metadata: draft.metadata)
      return (Self.events(for: artifact, in: state, at: now), artifact)
    }
  }

  /// The name the artifact gets, and what this author has under it.
  private static func place(for wish: String, author: AgentID, in state: SessionState) -> (String, Artifact?) {
    var (name, number) = (wish, 1)
    while let present = state.artifacts.first(where: { $0.name == name }) {
      if present.author == author { return (name, present) }
      number += 1
      name = ArtifactName.numbered(wish, number)
    }
    return (name, nil)
  }

  private static func events(for artifact: Artifact, in state: SessionState, at now: Int64) -> [SessionEvent] {
    let present = state.blackboard[namespace]?[artifact.name]
    let summary: JSONValue = [
      "artifactId": .string(artifact.id.rawValue), "name": .string(artifact.name),
      "type": .string(artifact.kind.rawValue),
      "mediaType": .string(artifact.mediaType), "title": .string(artifact.title),
      "bytes": .int(Int64(artifact.content.size)),
      "sha256": .string(artifact.content.sha256), "version": .int(Int64(artifact.version)),
    ]
    let entry = BlackboardEntry(
      namespace: namespace, key: artifact.name, value: summary, version: (present?.version ?? 0) + 1,
      agentID: artifact.author, metadata: .null, createdAt: present?.createdAt ?? now, updatedAt: now)
    let change: JSONValue = [
      "path": .string("artifacts/\(artifact.name)"), "action": artifact.version == 1 ? "created" : "modified",
    ]
    return [
      .artifactCreated(artifact), .blackboardWritten(entry), .announced(Announcement("artifact_generated", summary)),
      .announced(Announcement("file_change", change)),
    ]
  }
}
