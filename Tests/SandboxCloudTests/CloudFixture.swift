import FoundationEssentials
import Glibc
import SandboxCloud
import SandboxCore
import SandboxIO
import SandboxTestKit
import Testing

/// What the tests of this target hand over.
enum CloudFixture {
  static let session = SessionID("s-1")

  static func artifact(
    _ name: String, _ content: BlobReference, kind: Artifact.Kind = .document, metadata: JSONValue = ["words": 2]
  ) -> Artifact {
    Artifact(
      id: ArtifactID("id-\(name)"), name: name, kind: kind, mediaType: "text/markdown", title: "Title of \(name)",
      content: content, author: AgentID("omega:content"), madeBy: [CallID("root.1/0.0")], version: 1, metadata: metadata
    )
  }

  static func results(
    _ artifacts: [Artifact], answer: String = "", outcome: String = "completed", error: String? = nil
  ) -> ResultDelivery {
    ResultDelivery(
      sessionID: session, workspaceID: "w-1", answer: answer, artifacts: artifacts,
      metrics: FinalMetrics(
        totalTokensUsed: 1200, totalCost: Money(microdollars: 12_345), toolExecutions: 7, toolErrors: 1,
        durationMilliseconds: 4500, tasksCompleted: 3, tasksFailed: 1),
      outcome: outcome, error: error)
  }

  static func status(
    _ phase: SessionPhase, sequence: Int64 = 1, reason: String = "because", outcome: String? = nil,
    cancelledBy: String? = nil
  ) -> StatusUpdate {
    StatusUpdate(
      sessionID: session, phase: phase, sequence: sequence, time: 1_768_480_496_000, reason: reason, outcome: outcome,
      cancelledBy: cancelledBy)
  }

  /// Runs `body` with a fake deployment and an endpoint that calls it.
  static func withConvex(
    _ backend: FakeConvex.Backend = .seed, credential: ConvexCredential = .anonymous, timeout: Duration = .seconds(30),
    maximumCallBytes: Int = 8 << 20, _ body: (FakeConvex, ConvexEndpoint) async throws -> Void
  ) async throws {
    let fake = FakeConvex(backend)
    try await fake.run { url in
      var configuration = try ConvexConfiguration(
        url: "\(url)/", credential: credential, functions: backend == .seed ? .seed : .origin)
      configuration.timeout = timeout
      configuration.maximumCallBytes = maximumCallBytes
      try await AsyncHTTPTransport.withTransport { transport in
        try await body(fake, ConvexEndpoint(configuration, over: transport))
      }
    }
  }

  /// Gives the body a new empty folder and removes it afterwards.
  static func withFolder(_ body: (String) async throws -> Void) async throws {
    var template = Array("/tmp/sandbox-cloud-tests.XXXXXX".utf8CString)
    let folder = try template.withUnsafeMutableBufferPointer { buffer in
      let base = try #require(buffer.baseAddress)
      return String(cString: try #require(mkdtemp(base)))
    }
    defer {
      chmod(folder, 0o700)
      try? FileManager.default.removeItem(atPath: folder)
    }
    try await body(folder)
  }

  static func read(_ path: String) throws -> [UInt8] {
    Array(try #require(FileManager.default.contents(atPath: path), "no file \(path)"))
  }

  static func files(below folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
  }
}
