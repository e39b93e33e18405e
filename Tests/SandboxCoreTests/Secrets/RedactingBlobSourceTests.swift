import SandboxTestKit
import Testing

@testable import SandboxCore

@Suite struct RedactingBlobSourceTests {
  private static let text = Array("a top-secret-1 b top-secret-1".utf8)

  /// However the pieces are cut, no part of a secret gets through.
  @Test(arguments: 1...text.count) func secretsInTwoPiecesAreHidden(_ size: Int) async throws {
    let inner = InMemoryBlobStore()
    let store = RedactingBlobStore(inner, redactor: Redactor(secrets: ["top-secret-1"]))
    let reference = try await store.put(PiecedSource(Self.text, size), upTo: .max)
    #expect(try inner.get(reference) == Array("a [REDACTED] b [REDACTED]".utf8))
  }

  /// Wherever the limit falls, what is kept is the beginning of what is clean.
  @Test(arguments: 0...30) func theLimitCutsNoSecret(_ limit: Int) async throws {
    let inner = InMemoryBlobStore()
    let store = RedactingBlobStore(inner, redactor: Redactor(secrets: ["top-secret-1"]))
    for size in [1, 5, 100] {
      let reference = try await store.put(PiecedSource(Self.text, size), upTo: limit)
      #expect(try inner.get(reference) == Array("a [REDACTED] b [REDACTED]".utf8.prefix(limit)))
    }
  }

  @Test func anEmptySourceIsAnEmptyBlob() async throws {
    let store = RedactingBlobStore(InMemoryBlobStore(), redactor: .shapesOnly)
    #expect(try await store.put(PiecedSource([], 1), upTo: .max).size == 0)
  }

  @Test func theEndStaysTheEnd() throws {
    var source = RedactingBlobSource(PiecedSource(Self.text, 7), redactor: Redactor(secrets: ["top-secret-1"]))
    while try !source.next().isEmpty {}
    #expect(try source.next().isEmpty)
  }
}
