import SandboxCore
import SandboxIO
import SandboxTestKit
import Testing

@testable import SandboxTools

/// What a model does not read of a result is kept, and the result says where.
@Suite struct BusWholeOutputTests {
  private static let long = (0..<20_000).map { "line \($0)\n" }.joined()

  @Test func whatAModelDoesNotReadIsKept() async throws {
    let blobs = InMemoryBlobStore()
    let fixture = try await BusFixture(outputs: blobs)
    try await fixture.add("t") { _ in ToolOutput(text: Self.long) }
    let result = try await fixture.run("t")
    #expect(result.text.utf8.count <= ToolText.maximumBytes)
    #expect(result.text.hasSuffix("\nline 19999\n\n[all \(Self.long.utf8.count) bytes: artifacts/t-root-1.0.txt]"))
    let artifact = try #require(fixture.log.read { $0.artifacts.first })
    #expect(artifact.name == "t-root-1.0.txt")
    #expect(artifact.kind == .transcript && artifact.mediaType == "text/plain")
    #expect(artifact.madeBy == ["root/1.0".asID()])
    #expect(try blobs.get(artifact.content) == Array(Self.long.utf8))
    #expect(fixture.log.read { $0.executions["root/1.0".asID()]?.output } == result.text)
  }

  @Test func jsonIsKeptAsJSON() async throws {
    let blobs = InMemoryBlobStore()
    let fixture = try await BusFixture(outputs: blobs)
    let value = JSONValue.array((0..<10_000).map { .int($0) })
    try await fixture.add("t") { _ in ToolOutput(json: value) }
    #expect(try await fixture.run("t").text.hasSuffix(" bytes: artifacts/t-root-1.0.json]"))
    let artifact = try #require(fixture.log.read { $0.artifacts.first })
    #expect(artifact.mediaType == "application/json")
    #expect(try JSONValue(parsing: blobs.get(artifact.content)) == value)
  }

  @Test func whatIsReadWholeOrHasPagesIsNotKept() async throws {
    let fixture = try await BusFixture(outputs: InMemoryBlobStore())
    try await fixture.add("short") { _ in ToolOutput(text: "short") }
    try await fixture.add("pages") { _ in ToolOutput(text: Self.long).unkept }
    #expect(try await fixture.run("short", id: "root/1.0").text == "short")
    #expect(try await fixture.run("pages", id: "root/1.1").text.hasSuffix("line 19999\n"))
    #expect(fixture.log.read { $0.artifacts }.isEmpty)
  }

  @Test func aFailureKeepsWhatItHad() async throws {
    let blobs = InMemoryBlobStore()
    let fixture = try await BusFixture(outputs: blobs)
    try await fixture.add("t") { _ throws(SandboxError) in
      throw SandboxError(.toolFailed, "it broke", cause: ToolFailure(output: ToolOutput(text: Self.long)))
    }
    let text = try await fixture.run("t").text
    #expect(text.contains("it broke\nline 0\n"))
    #expect(text.hasSuffix("[all \(Self.long.utf8.count) bytes: artifacts/t-root-1.0.txt]"))
    let artifact = try #require(fixture.log.read { $0.artifacts.first })
    #expect(try blobs.get(artifact.content) == Array(Self.long.utf8))
  }

  @Test func aFailureThatSaysLittleIsNotCalledCut() async throws {
    let fixture = try await BusFixture(outputs: InMemoryBlobStore())
    try await fixture.add("t") { _ throws(SandboxError) in
      throw SandboxError(.toolFailed, "it broke", cause: ToolFailure(output: ToolOutput(text: "")))
    }
    _ = try await fixture.run("t")
    #expect(fixture.log.read { $0.executions["root/1.0".asID()]?.isTruncated } == false)
    #expect(fixture.log.read { $0.artifacts }.isEmpty)
  }

  @Test func thereIsABoundToHowManyAreKept() async throws {
    let fixture = try await BusFixture(outputs: InMemoryBlobStore())
    try await fixture.add("t") { _ in ToolOutput(text: Self.long) }
    for index in 0..<OutputKeeper.maximumOutputs {
      #expect(try await fixture.run("t", id: "root/1.\(index)").text.hasSuffix(".txt]"))
    }
    let text = try await fixture.run("t", id: "root/2.0").text
    #expect(text.hasSuffix("\n[the whole output was not kept: the session has 32 of them already]"))
    #expect(text.utf8.count <= ToolText.maximumBytes)
    #expect(fixture.log.read { $0.artifacts.count } == OutputKeeper.maximumOutputs)
  }

  @Test func thereIsABoundToHowMuchIsKept() async throws {
    let fixture = try await BusFixture(outputs: InMemoryBlobStore())
    try await fixture.add("t") { _ in ToolOutput(text: Self.long) }
    _ = try await fixture.run("t", id: "root/1.0")
    // As if it had been that large.
    let small = try #require(fixture.log.read { $0.artifacts.first })
    for (index, size) in [ArtifactWriter.maximumBytes, OutputKeeper.maximumTotalBytes / 2 - 300_000].enumerated() {
      try await fixture.log.append(
        .artifactCreated(
          Artifact(
            id: ArtifactID("a\(index)"), name: "a\(index)", kind: small.kind, mediaType: small.mediaType, title: "",
            content: BlobReference(sha256: small.content.sha256, size: size), author: small.author,
            madeBy: small.madeBy, version: 1, metadata: small.metadata)))
    }
    #expect(
      try await fixture.run("t", id: "root/2.0").text.hasSuffix(
        "[the whole output was not kept: the session keeps at most 128 MiB of them]"))
  }

  /// A call that is repeated after a crash is not one more.
  @Test func whatACallHasKeptIsNotCountedAgainstIt() async throws {
    let blobs = InMemoryBlobStore()
    let fixture = try await BusFixture(outputs: blobs)
    try await fixture.add("t") { _ in ToolOutput(text: Self.long) }
    for index in 0..<OutputKeeper.maximumOutputs { _ = try await fixture.run("t", id: "root/1.\(index)") }
    let keeper = OutputKeeper(log: fixture.log, blobs: blobs, time: .system)
    let again = await keeper.keep(WholeOutput(Self.long), of: "root/1.3".asID(), by: "t".asID(), agent: .meta)
    #expect(again == .kept(path: "artifacts/t-root-1.3.txt", bytes: Self.long.utf8.count, isWhole: true))
    #expect(fixture.log.read { $0.artifacts.count } == OutputKeeper.maximumOutputs)
  }

  /// Without a file there is only the beginning and the end of a long stream.
  @Test func aPartIsNotCalledTheWhole() async throws {
    let blobs = InMemoryBlobStore()
    let fixture = try await BusFixture(outputs: blobs)
    let captured = CapturedOutput(
      head: Array(Self.long.utf8.prefix(50_000)), tail: Array(Self.long.utf8.suffix(50_000)), totalBytes: 1_000_000)
    try await fixture.add("t") { _ in
      ToolOutput(text: captured.text, totalBytes: captured.totalBytes, whole: WholeOutput(captured))
    }
    let size = captured.text.utf8.count
    #expect(try await fixture.run("t").text.hasSuffix("\n[\(size) bytes of it: artifacts/t-root-1.0.txt]"))
  }

  @Test func aLongNameHidesNoCall() async throws {
    let fixture = try await BusFixture(outputs: InMemoryBlobStore())
    let name = String(repeating: "n", count: 120)
    try await fixture.add(name) { _ in ToolOutput(text: Self.long) }
    for index in 0..<2 { _ = try await fixture.run(name, id: "root/1.\(index)") }
    #expect(
      fixture.log.read { $0.artifacts.map(\.name) } == (0..<2).map { "\(name.prefix(60))-root-1.\($0).txt" })
  }

  @Test func aStoreThatFailsIsAReason() async throws {
    let fixture = try await BusFixture(outputs: FullBlobStore())
    try await fixture.add("t") { _ in ToolOutput(text: Self.long) }
    let result = try await fixture.run("t")
    #expect(result.error == nil)
    #expect(result.text.hasSuffix("\n[the whole output was not kept: the disk is full]"))
  }

  @Test(arguments: [0, 1, 5, 65_535, 65_536, 65_537, 200_000])
  func thePiecesAreTheWhole(_ count: Int) throws {
    let text = String(repeating: "ab", count: count)
    #expect(WholeOutput(text).count == 2 * count)
    #expect(try Self.bytes(WholeOutput(text)) == Array(text.utf8))
    func captured(_ text: String) -> CapturedOutput {
      CapturedOutput(head: Array(text.utf8), tail: Array("\n".utf8), totalBytes: text.utf8.count + 1)
    }
    let both = WholeOutput(captured(text), error: captured("why"))
    #expect(try Self.bytes(both) == Array("\(text)\n\n[standard error]\nwhy\n".utf8))
    #expect(both.count == 2 * count + 23 && both.isWhole)
  }

  private static func bytes(_ source: WholeOutput) throws -> [UInt8] {
    var source = source
    var bytes: [UInt8] = []
    while true {
      let piece = try source.next()
      if piece.isEmpty { return bytes }
      bytes += piece
    }
  }
}

private struct FullBlobStore: BlobStore {
  private static let full = SandboxError(.io, "the disk is full")

  func put(_ bytes: [UInt8]) async throws(SandboxError) -> BlobReference { throw Self.full }
  func put(_ source: any BlobSource, upTo limit: Int) async throws(SandboxError) -> BlobReference { throw Self.full }
  func get(_ reference: BlobReference) async throws(SandboxError) -> [UInt8] { throw Self.full }
}
