import Glibc
import SandboxCore
import SandboxIO
import SandboxTools

/// What a call of an MCP tool costs over the standard streams of a server that does next to nothing: from the call until
/// its result is text, with the server's own time and both ways through the kernel.
struct MCPMeasure {
  private static let python = "/usr/bin/python3"

  private static let server = """
    import json, sys
    for line in sys.stdin.buffer:
      message = json.loads(line)
      method, id = message["method"], message.get("id")
      if method == "initialize":
        result = {"protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {"name": "echo", "version": "1"}}
      elif method == "tools/list":
        result = {"tools": [{"name": "echo", "inputSchema": {"type": "object"}}]}
      elif method == "tools/call":
        result = {"content": [{"type": "text", "text": message["params"]["arguments"]["words"]}]}
      else: continue
      sys.stdout.buffer.write(json.dumps({"jsonrpc": "2.0", "id": id, "result": result}).encode() + b"\\n")
      sys.stdout.buffer.flush()
    """

  /// Microseconds of one call after the other: the median, and what 99 of 100 stay below.
  func roundTrip(calls: Int = 5_000) async throws -> (median: Double, high: Double) {
    let transport = MCPStdioTransport(
      ProcessSpec(
        argv: [Self.python, "-I", "-S", "-c", Self.server], environment: [("PATH", "/usr/bin:/bin")],
        workingDirectory: "/"))
    let session = MCPSession(transport, name: "echo")
    let result: Result<[Double], any Error>
    do {
      try await session.start(.legacy)
      result = .success(try await times(session, calls))
    } catch {
      result = .failure(error)
    }
    await session.close()
    let times = try result.get().sorted()
    return (times[times.count / 2], times[times.count / 100 * 99])
  }

  private func times(_ session: MCPSession, _ calls: Int) async throws -> [Double] {
    guard let tool = try await session.listTools().tools.first else {
      throw SandboxError(.internalError, "the server lists no tool")
    }
    let time = TimeSource.system
    var times: [Double] = []
    for number in 0..<max(200, calls) {
      let words = "words \(number)"
      let start = time.monotonic()
      let output = try await session.call(tool, ["words": .string(words)])
      // The first ones warm the caches.
      if number >= 100 { times.append((time.monotonic() - start).secondsAsDouble * 1e6) }
      guard output.text == words else { throw SandboxError(.internalError, "the server said \(output.text)") }
    }
    return times
  }
}
