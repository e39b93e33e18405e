/// A file the session hands over: its content lies beside the journal by hash, this is its record.
package struct Artifact: Sendable, Hashable, Codable {
  package let id: ArtifactID
  package let name: String
  package let kind: Kind
  package let mediaType: String
  package let title: String
  package let content: BlobReference
  package let author: AgentID
  /// The executions that made it.
  package let madeBy: [CallID]
  package let version: Int
  /// What was extracted from the content, as headings and word count of a document.
  package let metadata: JSONValue

  package enum Kind: String, Sendable, Codable, Hashable {
    case document, canvas, analysis, transcript
  }

  package init(
    id: ArtifactID, name: String, kind: Kind, mediaType: String, title: String, content: BlobReference, author: AgentID,
    madeBy: [CallID], version: Int, metadata: JSONValue
  ) {
    self.id = id
    self.name = name
    self.kind = kind
    self.mediaType = mediaType
    self.title = title
    self.content = content
    self.author = author
    self.madeBy = madeBy
    self.version = version
    self.metadata = metadata
  }
}

/// A content-addressed file beside the journal.
package struct BlobReference: Sendable, Hashable, Codable {
  /// Lower-case hex.
  package let sha256: String
  package let size: Int

  package init(sha256: String, size: Int) {
    self.sha256 = sha256
    self.size = size
  }
}

/// Where contents are kept by hash. Writing the same bytes twice is one file.
package protocol BlobStore: Sendable {
  /// Returns once the bytes are durable under their hash.
  func put(_ bytes: [UInt8]) async throws(SandboxError) -> BlobReference
  /// Keeps what the source gives out, without ever having it in memory as a whole.
  ///
  /// - Parameter limit: bytes of what is kept; the rest is left out.
  /// - Throws: Also what the source throws; nothing is kept then.
  func put(_ source: any BlobSource, upTo limit: Int) async throws(SandboxError) -> BlobReference
  /// - Throws: `.notFound`, or `.io` when the bytes no longer match their hash.
  func get(_ reference: BlobReference) async throws(SandboxError) -> [UInt8]
}
