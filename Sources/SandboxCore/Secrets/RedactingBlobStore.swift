/// Keeps contents without the secrets in them: text and binary alike, so that nothing that was kept can hand one over.
package struct RedactingBlobStore: BlobStore {
  private let store: any BlobStore
  private let redactor: Redactor

  package init(_ store: any BlobStore, redactor: Redactor) {
    self.store = store
    self.redactor = redactor
  }

  /// The reference is that of the redacted bytes.
  package func put(_ bytes: [UInt8]) async throws(SandboxError) -> BlobReference {
    try await store.put(redactor.redact(bytes))
  }

  /// The limit is one of redacted bytes: cut off before, a secret would lose the rest by which it is recognised.
  package func put(_ source: any BlobSource, upTo limit: Int) async throws(SandboxError) -> BlobReference {
    try await store.put(RedactingBlobSource(source, redactor: redactor), upTo: limit)
  }

  package func get(_ reference: BlobReference) async throws(SandboxError) -> [UInt8] { try await store.get(reference) }
}
