import SandboxCore
import SandboxTestKit
import Testing

@Suite("Sessions driven through environment variables alone")
struct WorkloadTests {
  @Test(arguments: [Workload.w1, .w2, .w2p, .w3(10)].map(\.name))
  func endsWithTheExpectedRequests(name: String) async throws {
    let workload = try #require([Workload.w1, .w2, .w2p, .w3(10)].first { $0.name == name })
    try await Folder.with { folder in
      let server = WorkloadServer(latency: workload.latency)
      try await server.run { url in
        var session = Session("bench", in: folder)
        session.environment = try workload.prepare(in: folder.path, modelURL: url)
        let ended = try await session.run()
        #expect(ended.code == 0, "\(ended.standardError)")
        #expect(server.record.requests == workload.expected.requests)
        #expect(server.record.toolCalls == workload.expected.toolCalls)
        #expect(server.record.unknown == 0)
        let usage = session.result["usage"]
        #expect(usage?["toolErrors"]?.intValue == 0)
        #expect(usage?["inputTokens"]?.intValue == server.record.promptTokens)
        #expect(usage?["outputTokens"]?.intValue == server.record.completionTokens)
        try await session.expectConsistent(ended)
      }
    }
  }
}
