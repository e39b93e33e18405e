import SandboxCore
import SandboxStore
import SandboxTestKit
import Testing

@Suite struct FileBlobStoreTests {
  private let folder: TemporaryFolder
  private let root: String
  private let store: FileBlobStore

  init() throws {
    folder = try TemporaryFolder()
    root = try folder.session("s") + "/blobs"
    store = FileBlobStore(directory: root)
  }

  private func path(_ reference: BlobReference) -> String {
    "\(root)/\(reference.sha256.prefix(2))/\(reference.sha256)"
  }

  @Test func bytesLieUnderTheirHash() async throws {
    // NIST's example for SHA-256.
    let reference = try await store.put(Array("abc".utf8))
    #expect(reference.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(reference.size == 3)
    #expect(try TemporaryFolder.read(path(reference)) == Array("abc".utf8))
    #expect(try await store.get(reference) == Array("abc".utf8))
    #expect(TemporaryFolder.names(in: root) == ["ba"])
  }

  @Test(arguments: [0, 1, 100_000, 5_000_000]) func anySizeComesBack(size: Int) async throws {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(try await store.get(try await store.put(bytes)) == bytes)
  }

  @Test(arguments: [0, 1, 99_999, 5_000_000]) func piecesAreTheSameBlob(size: Int) async throws {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let reference = try await store.put(PiecedSource(bytes, 64 << 10), upTo: .max)
    #expect(try await store.get(reference) == bytes)
    #expect(try await store.put(bytes) == reference)
    #expect(try await store.put(PiecedSource(bytes, 1 << 20), upTo: size) == reference)
    #expect(TemporaryFolder.names(in: root) == [String(reference.sha256.prefix(2))])
  }

  @Test(arguments: [0, 1, 99, 100, 101, 250, 1000]) func whatIsBeyondTheLimitIsLeftOut(limit: Int) async throws {
    let bytes = (0..<500).map { UInt8(truncatingIfNeeded: $0) }
    let reference = try await store.put(PiecedSource(bytes, 100), upTo: limit)
    #expect(reference.size == min(limit, 500))
    #expect(try await store.get(reference) == Array(bytes.prefix(limit)))
  }

  @Test func aSourceThatFailsLeavesNothing() async throws {
    let failure = SandboxError(.io, "the disk is gone")
    let source = PiecedSource([UInt8](repeating: 7, count: 200_000), 64 << 10, failure: failure)
    #expect(await sandboxError { _ = try await store.put(source, upTo: .max) }?.message == "the disk is gone")
    #expect(TemporaryFolder.names(in: root) == [])
  }

  @Test func theSameBytesAreWrittenOnce() async throws {
    let reference = try await store.put([1, 2, 3])
    // Not what the hash says, but of the right size: it would be gone if the bytes were written again.
    try TemporaryFolder.write([9, 9, 9], to: path(reference))
    #expect(try await store.put([1, 2, 3]) == reference)
    #expect(try TemporaryFolder.read(path(reference)) == [9, 9, 9])
  }

  @Test func aFileThatWasCutIsWrittenAgain() async throws {
    let reference = try await store.put([1, 2, 3])
    try TemporaryFolder.write([1], to: path(reference))
    _ = try await store.put([1, 2, 3])
    #expect(try await store.get(reference) == [1, 2, 3])
  }

  @Test func damageIsFoundAtReading() async throws {
    let reference = try await store.put([1, 2, 3])
    try TemporaryFolder.write([1, 2, 4], to: path(reference))
    #expect(await sandboxError { _ = try await store.get(reference) }?.code == .io)
    try TemporaryFolder.write([1, 2], to: path(reference))
    #expect(await sandboxError { _ = try await store.get(reference) }?.code == .io)
    TemporaryFolder.removeFile(path(reference))
    #expect(await sandboxError { _ = try await store.get(reference) }?.code == .notFound)
  }

  @Test(arguments: ["", "../../etc/passwd", String(repeating: "A", count: 64), String(repeating: "/", count: 64)])
  func aNameThatIsNoHashIsRefused(name: String) async throws {
    let error = await sandboxError { _ = try await store.get(BlobReference(sha256: name, size: 1)) }
    #expect(error?.code == .invalidArgument)
  }

  @Test func manyWritersOfTheSameAndOfOthersGetAlong() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<64 {
        group.addTask { [store] in
          let bytes = Array("blob \(index % 8)".utf8)
          let reference = try await store.put(bytes)
          guard try await store.get(reference) == bytes else { throw SandboxError(.internalError, "wrong bytes") }
        }
      }
      try await group.waitForAll()
    }
    #expect(TemporaryFolder.names(in: root).allSatisfy { $0.utf8.count == 2 })
  }

  @Test func aCancelledTaskStillWritesItsBlob() async throws {
    let reference = try await withThrowingTaskGroup(of: BlobReference.self) { [store] group in
      group.cancelAll()
      group.addTask { try await store.put([7]) }
      return try await group.next()
    }
    #expect(try await store.get(try #require(reference)) == [7])
  }

  @Test func aStoreThatCannotBeWrittenSaysWhere() async throws {
    let missing = FileBlobStore(directory: "\(root)/none/at/all")
    let error = await sandboxError { _ = try await missing.put([1]) }
    #expect(error?.code == .io)
    #expect(error?.message.contains("\(root)/none/at/all") == true)
  }
}
