import Glibc
import SandboxCore
import SandboxIO
import SandboxTestKit
import Testing

/// What a program reaches of the network: nothing, the hosts of its manifest, or all of it.
@Suite("Network of programs", .enabled(if: access("/usr/bin/python3", X_OK) == 0, "python3 is not installed"))
struct NetworkGrantTests {
  /// Says what a request gives, with the proxy of the environment and past it.
  private static let program = """
    import sys, urllib.request
    def get(opener, port):
        try: return opener.open("http://127.0.0.1:" + port + "/", timeout=10).read().decode()
        except Exception as error: return "failed " + str(getattr(error, "code", "")) + " " + str(error)
    for port in sys.argv[1:]:
        print("by proxy:", get(urllib.request.build_opener(), port))
        print("directly:", get(urllib.request.build_opener(urllib.request.ProxyHandler({})), port))
    """

  private func told(
    _ network: (Int) -> JSONValue, _ environment: [String: String] = [:]
  ) async throws -> (told: String, execution: ToolExecution) {
    try await Folder.with { folder in
      let script = try folder.write("get.py", Self.program)
      return try await LoopbackServer.run({ _ in .text("reached") }) { listed in
        try await LoopbackServer.run({ _ in .text("reached another") }) { other in
          var manifest =
            CommandManifest.json(
              "probe", argv: ["/usr/bin/python3", "-I", script, "\(listed.port)", "\(other.port)"]
            ).objectValue ?? [:]
          manifest["network"] = network(listed.port)
          let trial = try await ToolTrial.run(
            .object(manifest), environment: ["AGENT_PRIVATE_NETWORKS": "127.0.0.0/8"].merging(environment) { $1 },
            in: folder)
          return (trial.told, trial.execution)
        }
      }
    }
  }

  @Test func noneByDefault() async throws {
    let (told, execution) = try await told { _ in "none" }
    #expect(!told.contains("reached"), "\(told)")
    #expect(execution.isolation?.contains("net=none") == true, "\(execution.isolation ?? "")")
  }

  @Test(.enabled("nothing here holds a program to a proxy") { await ProxyWays.areThere }, arguments: ProxyWays.without)
  func theHostsOfTheManifest(without mechanism: String) async throws {
    let environment = mechanism.isEmpty ? [:] : ["AGENT_ISOLATION_WITHOUT": mechanism]
    let (told, execution) = try await told({ ["127.0.0.1:\($0)"] }, environment)
    let lines = told.split(separator: "\n").map(String.init)
    #expect(lines.count == 4)
    #expect(lines.first == "by proxy: reached", "\(told)")
    // Past the proxy, and elsewhere by it, there is nothing.
    #expect(lines.dropFirst().allSatisfy { $0.contains("failed") }, "\(told)")
    #expect(lines[2].contains("403"), "\(told)")
    #expect(execution.isolation?.contains("net=proxy") == true, "\(execution.isolation ?? "")")
    #expect(execution.isolation?.contains("; reached 127.0.0.1:") == true, "\(execution.isolation ?? "")")
    #expect(execution.isolation?.contains("; refused 1, last 127.0.0.1:") == true, "\(execution.isolation ?? "")")
  }

  @Test func allOfItWhereTheOwnerSaysSo() async throws {
    let (told, execution) = try await told({ _ in "full" }, ["AGENT_TOOL_NETWORK": "probe"])
    #expect(told.contains("directly: reached\n") && told.contains("directly: reached another"), "\(told)")
    #expect(execution.isolation?.contains("net=full") == true, "\(execution.isolation ?? "")")
  }
}
