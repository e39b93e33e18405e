import FoundationEssentials
import Glibc
import SandboxCloud
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Directory endpoint", .timeLimit(.minutes(1)))
struct DirectoryEndpointTests {
  private let blobs = InMemoryBlobStore()

  @Test("artifacts, then the summary; again changes nothing")
  func deliver() async throws {
    let text = Array("# Hello".utf8)
    let results = CloudFixture.results(
      [
        CloudFixture.artifact("report.md", blobs.put(text)),
        CloudFixture.artifact("data/raw.bin", blobs.put([0xFF, 0])),
      ],
      answer: "Done", error: nil)
    try await CloudFixture.withFolder { folder in
      let endpoint = DirectoryEndpoint(folder: "\(folder)/new/cloud")
      let session = "\(folder)/new/cloud/s-1"
      try await endpoint.deliver(results, idempotencyKey: "k", contents: blobs)
      #expect(try CloudFixture.read("\(session)/artifacts/report.md") == text)
      #expect(try CloudFixture.read("\(session)/artifacts/data/raw.bin") == [0xFF, 0])
      let summary = try JSONValue(parsing: try CloudFixture.read("\(session)/results.json"))
      #expect(summary["idempotencyKey"] == "k")
      #expect(summary["answer"] == "Done")
      #expect(summary["outcome"] == "completed")
      #expect(summary["artifacts"]?[0]?["sha256"] == .string(SHA256.hex(text)))
      #expect(summary["artifacts"]?[1]?["path"] == "artifacts/data/raw.bin")
      #expect(
        summary["finalMetadata"] == [
          "totalTokensUsed": 1200, "totalCost": 0.012345, "toolExecutions": 7, "toolErrors": 1, "duration": 4500,
          "tasksCompleted": 3, "tasksFailed": 1,
        ])
      let files = try CloudFixture.files(below: session)
      let before = try files.map {
        try FileManager.default.attributesOfItem(atPath: "\(session)/\($0)")[.modificationDate] as? Date
      }
      try await endpoint.deliver(results, idempotencyKey: "k", contents: blobs)
      #expect(try CloudFixture.files(below: session) == files)
      #expect(
        files == ["artifacts", "artifacts/data", "artifacts/data/raw.bin", "artifacts/report.md", "results.json"])
      #expect(
        try files.map {
          try FileManager.default.attributesOfItem(atPath: "\(session)/\($0)")[.modificationDate] as? Date
        }
          == before)
    }
  }

  @Test("a file that was damaged is put right, and a leftover is no trouble")
  func repair() async throws {
    let results = CloudFixture.results([CloudFixture.artifact("a.md", blobs.put([65, 66]))])
    try await CloudFixture.withFolder { folder in
      let endpoint = DirectoryEndpoint(folder: folder)
      try await endpoint.deliver(results, idempotencyKey: "k", contents: blobs)
      for name in ["artifacts/a.md", ".partial"] {
        #expect(FileManager.default.createFile(atPath: "\(folder)/s-1/\(name)", contents: Data([1])))
      }
      try await endpoint.deliver(results, idempotencyKey: "k", contents: blobs)
      #expect(try CloudFixture.read("\(folder)/s-1/artifacts/a.md") == [65, 66])
      #expect(try CloudFixture.files(below: "\(folder)/s-1") == ["artifacts", "artifacts/a.md", "results.json"])
    }
  }

  @Test("no acknowledgement without all contents")
  func lostContent() async throws {
    try await CloudFixture.withFolder { folder in
      let endpoint = DirectoryEndpoint(folder: folder)
      let results = CloudFixture.results([
        CloudFixture.artifact("a.md", blobs.put([65])),
        CloudFixture.artifact("b.md", BlobReference(sha256: "00", size: 1)),
      ])
      let error = await #expect(throws: SandboxError.self) {
        try await endpoint.deliver(results, idempotencyKey: "k", contents: blobs)
      }
      #expect(error?.code == .notFound)
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/s-1/results.json"))
      let content = blobs.put([65])
      let lying = CloudFixture.results([CloudFixture.artifact("a.md", BlobReference(sha256: content.sha256, size: 2))])
      let second = await #expect(throws: SandboxError.self) {
        try await endpoint.deliver(lying, idempotencyKey: "k", contents: blobs)
      }
      #expect(second?.code == .invalidArgument)
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/s-1/results.json"))
    }
  }

  @Test(
    "names that lead out of the folder are refused",
    arguments: ["../x", "/x", "a/../../x", "", ".", "a//b", "a\0b", "a\nb", "a/"])
  func containment(name: String) async throws {
    try await CloudFixture.withFolder { folder in
      let results = CloudFixture.results([CloudFixture.artifact(name, blobs.put([65]))])
      let error = await #expect(throws: SandboxError.self) {
        try await DirectoryEndpoint(folder: "\(folder)/cloud").deliver(results, idempotencyKey: "k", contents: blobs)
      }
      #expect(error?.code == .invalidArgument)
      let files = try CloudFixture.files(below: folder)
      #expect(files.allSatisfy { !$0.hasSuffix("x") })
    }
  }

  @Test("status lines in order, each once, after a torn line too")
  func status() async throws {
    try await CloudFixture.withFolder { folder in
      let endpoint = DirectoryEndpoint(folder: folder)
      try await endpoint.update(CloudFixture.status(.running, sequence: 1))
      try await endpoint.update(CloudFixture.status(.completing, sequence: 2))
      try await endpoint.update(CloudFixture.status(.completing, sequence: 2))
      let path = "\(folder)/s-1/status.jsonl"
      let torn = try CloudFixture.read(path) + Array(#"{"sequence":3,"sta"#.utf8)
      #expect(FileManager.default.createFile(atPath: path, contents: Data(torn)))
      try await endpoint.update(CloudFixture.status(.cancelled, sequence: 3, cancelledBy: "user"))
      let lines = try CloudFixture.read(path).split(separator: UInt8(ascii: "\n")).compactMap {
        try? JSONValue(parsing: $0)
      }
      #expect(lines.map { $0["status"] } == ["running", "completing", "cancelled"])
      #expect(lines.last?["cancelledBy"] == "user")
      #expect(lines.last?["time"] == 1_768_480_496_000)
    }
  }

  @Test("a place where no folder can be made is named, and not tried again")
  func notWritable() async throws {
    try await CloudFixture.withFolder { folder in
      #expect(FileManager.default.createFile(atPath: "\(folder)/file", contents: Data()))
      let endpoint = DirectoryEndpoint(folder: "\(folder)/file/cloud")
      let error = await #expect(throws: SandboxError.self) { try await endpoint.update(CloudFixture.status(.running)) }
      #expect(error?.code == .unavailable)
      #expect(error?.retry == .never)
      #expect(error?.message.contains("\(folder)/file") == true)
    }
  }

  @Test("a link in place of a file is not followed")
  func link() async throws {
    try await CloudFixture.withFolder { folder in
      try FileManager.default.createDirectory(atPath: "\(folder)/s-1", withIntermediateDirectories: true)
      #expect(symlink("\(folder)/elsewhere", "\(folder)/s-1/status.jsonl") == 0)
      let error = await #expect(throws: SandboxError.self) {
        try await DirectoryEndpoint(folder: folder).update(CloudFixture.status(.running))
      }
      #expect(error?.code == .unavailable)
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/elsewhere"))
    }
  }
}
