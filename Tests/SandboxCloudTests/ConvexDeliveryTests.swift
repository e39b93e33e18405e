import SandboxCloud
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Convex delivery", .timeLimit(.minutes(2)))
struct ConvexDeliveryTests {
  private let blobs = InMemoryBlobStore()

  @Test("the seed's fields, exactly")
  func seedPayload() async throws {
    let text = blobs.put(Array("# Hello".utf8))
    let binary = blobs.put([0xFF, 0x00, 0xFE, 0x80])
    let results = CloudFixture.results([
      CloudFixture.artifact("report.md", text), CloudFixture.artifact("image.bin", binary, kind: .canvas),
    ])
    try await CloudFixture.withConvex { fake, endpoint in
      try await endpoint.deliver(results, idempotencyKey: "k", contents: blobs)
      let call = try #require(fake.calls.first)
      #expect(fake.calls.count == 1)
      #expect(call.path == "sessions:syncResults")
      #expect(
        call.arguments == [
          "sessionId": "s-1",
          "artifacts": [
            [
              "artifactId": "id-report.md", "type": "document", "name": "report.md", "title": "Title of report.md",
              "mediaType": "text/markdown", "size": 7, "sha256": .string(SHA256.hex(Array("# Hello".utf8))),
              "content": "# Hello", "metadata": ["words": 2], "generatedBy": "omega:content",
            ],
            [
              "artifactId": "id-image.bin", "type": "canvas", "name": "image.bin", "title": "Title of image.bin",
              "mediaType": "text/markdown", "size": 4, "sha256": .string(SHA256.hex([0xFF, 0x00, 0xFE, 0x80])),
              "contentBase64": "/wD+gA==", "metadata": ["words": 2], "generatedBy": "omega:content",
            ],
          ],
          "finalMetadata": [
            "totalTokensUsed": 1200, "totalCost": 0.012345, "toolExecutions": 7, "toolErrors": 1, "duration": 4500,
            "tasksCompleted": 3, "tasksFailed": 1,
          ],
        ])
      #expect(call.hadEffect)
    }
  }

  @Test("the origin's fields, exactly")
  func originPayload() async throws {
    let text = blobs.put(Array("# Hello".utf8))
    let results = CloudFixture.results(
      [CloudFixture.artifact("report.md", text)], outcome: "failed", error: "model gone")
    try await CloudFixture.withConvex(.origin) { fake, endpoint in
      try await endpoint.deliver(results, idempotencyKey: "k", contents: blobs)
      #expect(fake.calls.map(\.path) == ["sessions:getSessionState", "sessions:syncSessionResults"])
      #expect(
        fake.calls.last?.arguments == [
          "sessionId": "s-1",
          "artifacts": [
            [
              "type": "document", "title": "Title of report.md", "content": "# Hello",
              "metadata": [
                "artifactId": "id-report.md", "name": "report.md", "mediaType": "text/markdown", "size": 7,
                "sha256": .string(SHA256.hex(Array("# Hello".utf8))), "encoding": "utf-8",
                "generatedBy": "omega:content",
                "deliveryKey": "k/0", "contentMetadata": ["words": 2],
              ],
            ]
          ],
          "finalMetadata": ["totalTokensUsed": 1200, "totalCost": 0.012345, "errorDetails": "model gone"],
        ])
      #expect(fake.artifacts(of: "s-1").count == 1)
    }
  }

  @Test("a lost reply: sending again makes no second artifact", arguments: [FakeConvex.Backend.seed, .origin])
  func dropAfterCommit(backend: FakeConvex.Backend) async throws {
    let results = CloudFixture.results(
      [CloudFixture.artifact("a.md", blobs.put([65])), CloudFixture.artifact("b.md", blobs.put([66]))],
      answer: "The answer")
    let sync = backend == .seed ? "sessions:syncResults" : "sessions:syncSessionResults"
    try await CloudFixture.withConvex(backend) { fake, endpoint in
      fake.fail(.dropAfterCommit, path: sync)
      let error = await #expect(throws: SandboxError.self) {
        try await endpoint.deliver(results, idempotencyKey: "k", contents: blobs)
      }
      #expect(error?.retry == .backoff)
      #expect(fake.artifacts(of: "s-1").count == 3)
      try await endpoint.deliver(results, idempotencyKey: "k", contents: blobs)
      #expect(fake.artifacts(of: "s-1").count == 3)
    }
  }

  @Test("the answer goes as an artifact, unless one has it")
  func answer() async throws {
    let text = blobs.put(Array("The answer".utf8))
    try await CloudFixture.withConvex { fake, endpoint in
      try await endpoint.deliver(CloudFixture.results([], answer: "The answer"), idempotencyKey: "k", contents: blobs)
      let artifact = try #require(fake.artifacts(of: "s-1").first)
      #expect(artifact["artifactId"] == "s-1-answer")
      #expect(artifact["type"] == "analysis")
      #expect(artifact["content"] == "The answer")
    }
    try await CloudFixture.withConvex { fake, endpoint in
      let results = CloudFixture.results([CloudFixture.artifact("final.md", text)], answer: "The answer")
      try await endpoint.deliver(results, idempotencyKey: "k", contents: blobs)
      #expect(fake.artifacts(of: "s-1").map { $0["name"] } == ["final.md"])
    }
  }

  @Test("nothing made is a delivery too")
  func empty() async throws {
    try await CloudFixture.withConvex { fake, endpoint in
      try await endpoint.deliver(CloudFixture.results([]), idempotencyKey: "k", contents: blobs)
      #expect(fake.finalMetadata(of: "s-1") != nil)
      #expect(fake.artifacts(of: "s-1").isEmpty)
    }
  }

  @Test(
    "metadata that Convex cannot store goes as text",
    arguments: [
      (#"{"plain":{"a":[1,2.5,true,null,"x"]}}"#, false), (#"{"$ref":"x"}"#, true), (#"{"deep":[{"größe":1}]}"#, true),
      (#"{"":1}"#, true), (#"{"n":9007199254740993}"#, true), (#"{"n":1e400}"#, true),
      (#"[[[[[[[[[[[[1]]]]]]]]]]]]"#, false), (#"[[[[[[[[[[[[[1]]]]]]]]]]]]]"#, true),
    ])
  func metadata(text: String, isText: Bool) async throws {
    let metadata = try JSONValue(parsing: text)
    for backend in [FakeConvex.Backend.seed, .origin] {
      try await CloudFixture.withConvex(backend) { fake, endpoint in
        let artifact = CloudFixture.artifact("a.md", blobs.put([65]), metadata: metadata)
        try await endpoint.deliver(CloudFixture.results([artifact]), idempotencyKey: "k", contents: blobs)
        let kept = try #require(fake.artifacts(of: "s-1").first?["metadata"])
        #expect((backend == .seed ? kept : kept["contentMetadata"]) == (isText ? .string(text) : metadata))
        #expect(fake.calls.last?.hadEffect == true)
      }
    }
  }

  @Test("a document that is too large: the rest is delivered, and it is said")
  func tooLarge() async throws {
    let large = blobs.put([UInt8](repeating: 65, count: 900_001))
    // Fits as bytes, but not in base 64.
    let binary = blobs.put([UInt8](repeating: 0xFF, count: 700_000))
    let fits = blobs.put([UInt8](repeating: 65, count: 900_000))
    let results = CloudFixture.results([
      CloudFixture.artifact("large.md", large), CloudFixture.artifact("image.bin", binary),
      CloudFixture.artifact("fits.md", fits),
    ])
    try await CloudFixture.withConvex { fake, endpoint in
      let error = await #expect(throws: SandboxError.self) {
        try await endpoint.deliver(results, idempotencyKey: "k", contents: blobs)
      }
      #expect(error?.code == .unsupported)
      #expect(error?.retry == .never)
      #expect(error?.message.contains("large.md") == true)
      #expect(fake.artifacts(of: "s-1").map { $0["name"] } == ["fits.md"])
    }
  }

  @Test("more than one request's worth goes in several", arguments: [FakeConvex.Backend.seed, .origin])
  func batches(backend: FakeConvex.Backend) async throws {
    let artifacts = (0..<12).map { number in
      CloudFixture.artifact("part-\(number).md", blobs.put([UInt8](repeating: UInt8(65 + number), count: 800)))
    }
    let sync = backend == .seed ? "sessions:syncResults" : "sessions:syncSessionResults"
    try await CloudFixture.withConvex(backend, maximumCallBytes: 4000) { fake, endpoint in
      fake.fail(.dropAfterCommit, path: sync)
      _ = await #expect(throws: SandboxError.self) {
        try await endpoint.deliver(CloudFixture.results(artifacts), idempotencyKey: "k", contents: blobs)
      }
      try await endpoint.deliver(CloudFixture.results(artifacts), idempotencyKey: "k", contents: blobs)
      #expect(fake.artifacts(of: "s-1").count == 12)
      #expect(
        fake.calls.filter { $0.path == sync }.map { $0.arguments["artifacts"]?.arrayValue?.count }.suffix(2) == [5, 2])
    }
  }

  @Test("a deployment that declines the seed's fields gets the smaller set")
  func fallback() async throws {
    try await CloudFixture.withConvex { fake, endpoint in
      fake.failAll(.failedFunction())
      let error = await #expect(throws: SandboxError.self) {
        try await endpoint.deliver(CloudFixture.results([]), idempotencyKey: "k", contents: blobs)
      }
      #expect(error?.code == .rejected)
      #expect(fake.calls.map { $0.arguments["finalMetadata"]?.objectValue?.count } == [7, 2])
    }
  }

  @Test("content that the store has lost is an error, and nothing is sent")
  func lostContent() async throws {
    try await CloudFixture.withConvex { fake, endpoint in
      let lost = CloudFixture.artifact("a.md", BlobReference(sha256: "00", size: 3))
      let error = await #expect(throws: SandboxError.self) {
        try await endpoint.deliver(CloudFixture.results([lost]), idempotencyKey: "k", contents: blobs)
      }
      #expect(error?.code == .notFound)
      #expect(fake.calls.isEmpty)
    }
  }
}
