package import SandboxCore
import Synchronization

/// Contents by hash, in memory. Like the real store it never gives back bytes that do not match their hash.
package final class InMemoryBlobStore: BlobStore {
  private let blobs = Mutex<[String: [UInt8]]>([:])

  package init() {}

  package func put(_ bytes: [UInt8]) -> BlobReference {
    let hash = SHA256.hex(bytes)
    blobs.withLock { $0[hash] = bytes }
    return BlobReference(sha256: hash, size: bytes.count)
  }

  package func put(_ source: any BlobSource, upTo limit: Int) throws(SandboxError) -> BlobReference {
    var source = source
    var bytes: [UInt8] = []
    try source.forEachPiece(upTo: limit) { bytes += $0 }
    return put(bytes)
  }

  package func get(_ reference: BlobReference) throws(SandboxError) -> [UInt8] {
    guard let bytes = blobs.withLock({ $0[reference.sha256] }) else {
      throw SandboxError(.notFound, "no blob \(reference.sha256)")
    }
    return bytes
  }
}
