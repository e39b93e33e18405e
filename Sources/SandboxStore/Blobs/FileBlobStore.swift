package import SandboxCore

/// Contents kept as files under their SHA-256, written once and checked at every reading.
///
/// Reading and writing happen on a thread of the store's own, one at a time. A crash leaves whole blobs or leftovers
/// that are never read.
package struct FileBlobStore: BlobStore {
  private let files: BlobFiles
  private let queue = BlockingQueue(label: "sandbox.blobs")

  /// - Parameter directory: must exist, as ``SessionPaths/blobs`` of an open session does.
  package init(directory: String) { files = BlobFiles(root: directory) }

  /// Returns once the bytes are durable under their hash; bytes that are there already are not written again.
  ///
  /// - Throws: `.io`. Cancelling the task does not interrupt the writing.
  package func put(_ bytes: [UInt8]) async throws(SandboxError) -> BlobReference {
    try await queue.run { [files] () throws(SandboxError) in try files.put(bytes) }
  }

  /// As for bytes, by way of a file of its own; the pieces are read and written on the store's thread.
  ///
  /// - Throws: `.io`; what the source throws.
  package func put(_ source: any BlobSource, upTo limit: Int) async throws(SandboxError) -> BlobReference {
    try await queue.run { [files] () throws(SandboxError) in try files.put(source, upTo: limit) }
  }

  /// - Throws: `.notFound`; `.io` when size or hash do not match or the file cannot be read; `.invalidArgument` for a
  ///   name that is not a hash.
  package func get(_ reference: BlobReference) async throws(SandboxError) -> [UInt8] {
    try await queue.run { [files] () throws(SandboxError) in try files.get(reference) }
  }
}
