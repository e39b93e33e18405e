import Glibc
import SandboxCore
import SandboxIO
import SandboxTestKit
import Testing

@testable import SandboxTools

/// Servers that nobody here wrote; see ``MCPPython``.
@Suite(
  .enabled(
    if: MCPPython.present != nil && MCPPython.older != nil, "no MCP servers from the package index here"))
struct RealMCPServerTests {
  private func with(
    _ python: String?, _ arguments: [String], _ change: (inout MCPServerSpec) -> Void = { _ in },
    _ body: (MCPServerFixture) async throws -> Void
  ) async throws {
    let python = try #require(python)
    var spec = MCPServerSpec(
      endpoint: .command(argv: [python] + arguments, environment: ["PYTHONDONTWRITEBYTECODE": "1"], secrets: [:]),
      startupTimeout: .seconds(120))
    change(&spec)
    try await MCPServerFixture.with([("real", spec)], time: .system, body)
  }

  @Test(arguments: [MCPServerSpec.Era.auto, .modern, .legacy])
  func theTimeServerTellsTheTime(era: MCPServerSpec.Era) async throws {
    try await with(MCPPython.present, ["-m", "mcp_server_time", "--local-timezone", "UTC"], { $0.era = era }) {
      (fixture) async throws in
      #expect(fixture.ids.sorted() == ["real__convert_time", "real__get_current_time"])
      #expect(fixture.problems == [])
      let now = try JSONValue(parsing: try await fixture.call("real__get_current_time", ["timezone": "UTC"]))
      #expect(now["timezone"] == "UTC")
      let converted = try JSONValue(
        parsing: try await fixture.call(
          "real__convert_time",
          ["source_timezone": "UTC", "time": "12:00", "target_timezone": "Asia/Tokyo"]))
      #expect(converted["time_difference"] == "+9.0h")
      let failure = try await mcpFailure { try await fixture.call("real__get_current_time", ["timezone": "Moon/Base"]) }
      #expect(failure.code == .toolFailed)
    }
  }

  private static let custom = """
    import asyncio
    from fastmcp import FastMCP, Context
    server = FastMCP("custom")

    @server.tool(annotations={"readOnlyHint": True})
    def add(a: int, b: int) -> dict[str, int]:
      "Adds two numbers."
      return {"sum": a + b}

    @server.tool
    def boom() -> str:
      raise ValueError("it went wrong")

    @server.tool
    async def slow(ctx: Context) -> str:
      for step in range(3):
        await ctx.report_progress(progress=step + 1, total=3, message=f"step {step + 1}")
        await asyncio.sleep(0.15)
      return "done"

    @server.tool
    async def forever() -> str:
      await asyncio.sleep(1000)

    server.run(transport="stdio", show_banner=False)
    """

  @Test(arguments: [MCPServerSpec.Era.auto, .legacy])
  func aServerMadeWithFastMCPDoesAllThatToolsDo(era: MCPServerSpec.Era) async throws {
    try await with(
      MCPPython.older, ["-c", Self.custom],
      {
        $0.era = era
        $0.trustsAnnotations = true
      }
    ) { (fixture) async throws in
      #expect(fixture.ids.sorted() == ["real__add", "real__boom", "real__forever", "real__slow"])
      let add = try fixture.tool("real__add").definition
      #expect(add.description == "Adds two numbers.")
      #expect(add.effect == .pure)
      #expect(add.returns != nil)
      #expect(try await fixture.call("real__add", ["a": 2, "b": 40]) == #"{"sum":42}"#)

      let failure = try await mcpFailure { try await fixture.call("real__boom", [:]) }
      #expect(failure.code == .toolFailed)
      let wrong = try await mcpFailure { try await fixture.call("real__add", ["a": "x", "b": []]) }
      #expect([.toolFailed, .rejected].contains(wrong.code))

      let reports = Collected<ToolProgress>()
      let slow = try fixture.tool("real__slow")
      let output = try await slow.executor.execute(
        ToolInvocation(
          callID: CallID("root/1.0"), taskID: .root, agentID: .meta, definition: slow.definition, arguments: [:],
          attempt: 1, timeout: .seconds(60), progress: { reports.add($0) }))
      #expect(output.text.contains("done"))
      #expect(reports.all.first == ToolProgress(message: "step 1", progress: 1, total: 3))

      let forever = Task { try await fixture.call("real__forever", [:]) }
      try await Task.sleep(for: .milliseconds(100))
      forever.cancel()
      #expect(try await mcpFailure { try await forever.value }.code == .cancelled)
      #expect(try await fixture.call("real__add", ["a": 1, "b": 1]) == #"{"sum":2}"#)
    }
  }

  @Test func aServerWithoutOurModuleIsAProblemWithItsOwnWords() async throws {
    try await with(MCPPython.present, ["-m", "no_such_mcp_server"]) { (fixture) async throws in
      #expect(fixture.ids == [])
      #expect(fixture.problems.count == 1 && fixture.problems[0].contains("No module named no_such_mcp_server"))
    }
  }
}
