import SandboxCore
import SandboxTestKit
import Testing

@Suite struct RedactingBlobStoreTests {
  @Test func contentsAreKeptWithoutSecrets() async throws {
    let inner = InMemoryBlobStore()
    let store = RedactingBlobStore(inner, redactor: Redactor(secrets: ["top-secret-1"]))
    let reference = try await store.put(Array("\u{0}a top-secret-1 b".utf8))
    #expect(reference.size == 15)
    #expect(try await store.get(reference) == Array("\u{0}a [REDACTED] b".utf8))
    #expect(try inner.get(reference) == Array("\u{0}a [REDACTED] b".utf8))
    let image: [UInt8] = (0..<255).map { $0 }
    let clean = try await store.put(image)
    #expect(clean == inner.put(image))
    await #expect(throws: SandboxError.self) {
      _ = try await store.get(BlobReference(sha256: String(repeating: "0", count: 64), size: 1))
    }
  }
}
