import SandboxCore
import SandboxTestKit
import Testing

@testable import SandboxTools

@Suite struct BuiltinArtifactTests {
  private func create(
    _ session: BuiltinFixture, _ name: String, _ text: String, by agent: String = "a", call: String = "c1"
  ) async throws -> Artifact {
    try await ArtifactWriter(log: session.log, blobs: session.blobs, time: .system).create(
      name: name, kind: .analysis, mediaType: "text/plain", title: name, bytes: Array(text.utf8),
      author: AgentID(agent),
      madeBy: CallID(call))
  }

  @Test func registersAndTellsInOneCommit() async throws {
    try await BuiltinFixture.with { session in
      let artifact = try await create(session, "r.txt", "hello")
      #expect(artifact.version == 1)
      #expect(artifact.content.sha256 == SHA256.hex(Array("hello".utf8)))
      #expect(session.log.read { $0.artifacts } == [artifact])
      let events = await session.journal.records.map(\.event)
      #expect(events.map(\.type) == ["artifact_created", "blackboard_written", "artifact_generated", "file_change"])
      // A resumed session reads them back from their type and body alone.
      for event in events { #expect(try SessionEvent(type: event.type, body: event.body()) == event) }
      guard case .announced(let told) = events[2], case .announced(let change) = events[3] else {
        Issue.record("not announced")
        return
      }
      #expect(told.data["artifactId"] == .string(artifact.id.rawValue))
      #expect(told.data["name"] == "r.txt")
      #expect(told.data["type"] == "analysis")
      #expect(told.data["bytes"] == 5)
      #expect(told.data["sha256"] == .string(artifact.content.sha256))
      #expect(change.data == ["path": "artifacts/r.txt", "action": "created"])
      let found = try await session.call("query_blackboard", ["namespace": "artifacts"])
      #expect(found["entries"]?[0]?["value"]?["artifactId"] == .string(artifact.id.rawValue))
    }
  }

  @Test func sameNameIsANewVersionForItsAuthorAndAnotherNameForOthers() async throws {
    try await BuiltinFixture.with { session in
      let first = try await create(session, "r.txt", "one", by: "a", call: "c1")
      let second = try await create(session, "r.txt", "two", by: "a", call: "c2")
      #expect(second.version == 2)
      #expect(second.id == first.id)
      let other = try await create(session, "r.txt", "one", by: "b", call: "c3")
      #expect(other.name == "r-2.txt")
      #expect(other.version == 1)
      #expect(other.id != first.id)
      #expect(other.content == first.content)
      #expect(try await create(session, "r.txt", "more", by: "b", call: "c4").name == "r-2.txt")
      #expect(try await create(session, "r.txt", "x", by: "c", call: "c5").name == "r-3.txt")
      #expect(session.log.read { $0.artifacts.map(\.name) } == ["r.txt", "r-2.txt", "r-3.txt"])
    }
  }

  @Test func aRepeatedCallAddsNothing() async throws {
    try await BuiltinFixture.with { session in
      let arguments: JSONValue = ["title": "T", "content": "text"]
      let first = try await session.call("generate_document", arguments, call: "c1")
      let count = await session.journal.records.count
      #expect(try await session.call("generate_document", arguments, call: "c1") == first)
      #expect(await session.journal.records.count == count)
      #expect(try await session.call("generate_document", arguments, call: "c2")["version"] == 2)
    }
  }

  @Test func concurrentAuthorsGetNamesOfTheirOwn() async throws {
    try await BuiltinFixture.with { session in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<20 {
          group.addTask { _ = try await create(session, "r.txt", "\(index)", by: "agent\(index)", call: "c\(index)") }
        }
        try await group.waitForAll()
      }
      let artifacts = session.log.read { $0.artifacts }
      #expect(Set(artifacts.map(\.name)).count == 20)
      #expect(Set(artifacts.map(\.id)).count == 20)
      #expect(artifacts.allSatisfy { $0.version == 1 })
    }
  }

  @Test func isBounded() async throws {
    try await BuiltinFixture.with { session in
      for index in 0..<ArtifactWriter.maximumArtifacts {
        _ = try await create(session, "f\(index)", "x", call: "c\(index)")
      }
      let error = await #expect(throws: SandboxError.self) { _ = try await create(session, "one-more", "x", call: "d") }
      #expect(error?.code == .limitExceeded)
      #expect(try await create(session, "f0", "y", call: "e").version == 2)
      let bytes = [UInt8](repeating: 0, count: ArtifactWriter.maximumBytes + 1)
      let large = await #expect(throws: SandboxError.self) {
        _ = try await ArtifactWriter(log: session.log, blobs: session.blobs, time: .system).create(
          name: "f0", kind: .analysis, mediaType: "x", title: "", bytes: bytes, author: AgentID("a"),
          madeBy: CallID("z"))
      }
      #expect(large?.code == .limitExceeded)
    }
  }

  @Test(arguments: [
    "../x", "/abs", "a\0b", "CON", String(repeating: "n", count: 300), "a\nb", ".", "..", "", "é😀", "-rf", ".hidden",
    "a/b/c.svg",
    "ok.svg", "ok.SVG", "x..svg",
  ])
  func namesAreSafe(_ wish: String) {
    for name in [ArtifactName.make(wish, fileExtension: "svg"), ArtifactName.sanitized(wish)] {
      #expect(NameGrammar.problem(in: name) == nil, "\(name)")
      #expect(name.first != "." && name.first != "-")
      #expect(NameGrammar.problem(in: ArtifactName.numbered(name, 12)) == nil)
    }
    #expect(ArtifactName.make(wish, fileExtension: "svg").hasSuffix(".svg"))
  }

  @Test func idsAreUUIDs() {
    let id = StableUUID.make("artifact", "session", "r.md")
    #expect(id == StableUUID.make("artifact", "session", "r.md"))
    #expect(id != StableUUID.make("artifact", "sessio", "nr.md"))
    let parts = id.split(separator: "-", omittingEmptySubsequences: false)
    #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
    #expect(parts[2].first == "8")
    #expect("89ab".contains(parts[3].first ?? "x"))
    let isHex = { (text: Substring) in text.allSatisfy { $0.isHexDigit && !$0.isUppercase } }
    #expect(parts.allSatisfy(isHex))
  }
}
