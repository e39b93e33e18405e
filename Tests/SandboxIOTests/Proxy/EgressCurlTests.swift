import Glibc
import SandboxCore
import SandboxIO
import SandboxTestKit
import Testing

@Suite("curl through the proxy", .timeLimit(.minutes(2)))
struct EgressCurlTests {
  private static let curl: String? = ["/usr/bin/curl", "/bin/curl", "/usr/local/bin/curl"].first { (path: String) in
    access(path, X_OK) == 0
  }

  @Test("finds it by its environment", .enabled(if: curl != nil, "curl is not installed"))
  func environment() async throws {
    let curl = try #require(Self.curl)
    try await LoopbackServer.run({ request in
      .text("\(request.method) \(request.header("Host") ?? "") \(request.body.count)")
    }) { server in
      let target = "a.example:\(server.port)"
      try await EgressFixture.run([target]) { _, grant in
        func run(_ arguments: String...) async throws -> (status: ProcessResult.Status, output: String) {
          let result = try await ProcessRunner.run(
            spec(curl, "--silent", "--show-error", "--max-time", "60") {
              $0.argv += arguments
              $0.environment += grant.environment
            })
          return (result.status, result.standardOutput.text + result.standardError.text)
        }
        let plain = try await run("http://\(target)/")
        #expect(plain.status == .exited(0) && plain.output == "GET \(target) 0")
        let tunnel = try await run("--proxytunnel", "http://\(target)/")
        #expect(tunnel.status == .exited(0) && tunnel.output == "GET \(target) 0")
        let body = try await run("--data", "hello", "-H", "Expect: 100-continue", "http://\(target)/")
        #expect(body.output.hasSuffix("POST \(target) 5"))
        let refused = try await run("http://b.example/")
        #expect(refused.status == .exited(0))
        #expect(refused.output.contains("b.example:80 is not allowed for this tool"))
        let secure = try await run("https://b.example/")
        #expect(secure.status == .exited(56) || secure.status == .exited(7), "\(secure)")
        #expect(secure.output.contains("403"))
        #expect(grant.usage.refusals == 2)
        #expect(grant.usage.connections == 3)
      }
    }
  }
}
