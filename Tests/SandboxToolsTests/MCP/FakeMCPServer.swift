import Glibc
import SandboxCore
import SandboxIO
import Synchronization
import Testing

@testable import SandboxTools

/// A server written for one test: a small program that behaves well, and whatever the test changes about it.
struct FakeMCPServer {
  let folder: TemporaryFolder
  private let script: String

  /// - Parameters:
  ///   - changes: Python that comes before the server's loop, and may redefine any of its functions.
  ///   - modern: whether it speaks the revision without sessions.
  init(modern: Bool = false, _ changes: String = "") throws {
    folder = try TemporaryFolder()
    script = try folder.write(
      "server.py", Self.opening + "MODERN = \(modern ? "True" : "False")\n" + changes + "\n" + Self.loop)
  }

  static var python: String? {
    ["/usr/bin/python3", "/usr/local/bin/python3"].first { access($0, X_OK) == 0 }
  }

  private var argv: [String] {
    [Self.python ?? "/usr/bin/python3", "-I", "-S", script, "\(folder.path)/received"]
  }

  func spec(_ change: (inout MCPServerSpec) -> Void = { _ in }) -> MCPServerSpec {
    var spec = MCPServerSpec(
      endpoint: .command(argv: argv, environment: [:], secrets: [:]), era: .legacy, startupTimeout: .seconds(6000))
    change(&spec)
    return spec
  }

  var settings: MCPProcessSettings { MCPProcessSettings(workingDirectory: folder.path, homes: folder.path) }

  func transport(
    limits: ConversationLimits = Self.limits, _ resources: ResourceLimits = .unlimited
  ) -> MCPStdioTransport {
    var spec = ProcessSpec(
      argv: argv, environment: settings.variables(home: folder.path), workingDirectory: folder.path,
      ownFolders: [folder.path])
    spec.confinement.limits = resources
    return MCPStdioTransport(spec, limits: limits)
  }

  /// Short graces, for tests of servers that do not end by themselves.
  static var limits: ConversationLimits {
    ConversationLimits(closeGrace: .milliseconds(300), terminationGrace: .milliseconds(300))
  }

  /// The messages that all its processes have got until now, those of the first first.
  var received: [JSONValue] {
    guard let bytes = try? BoundedFile.read("\(folder.path)/received", limit: 10 << 20) else { return [] }
    return bytes.split(separator: 0x0a).compactMap { try? JSONValue(parsing: $0) }
  }

  func methods() -> [String] { received.compactMap { $0["method"]?.stringValue } }

  private static let opening = """
    import json, os, signal, sys, time
    log = open(sys.argv[1], "ab", buffering=0)
    out = sys.stdout.buffer
    VERSION = "2025-11-25"
    TOOLS = [{"name": "echo", "description": "Says it again.", "inputSchema": {"type": "object",
      "properties": {"words": {"type": "string"}}}}]
    def raw(data):
      out.write(data)
      out.flush()
    def send(message): raw(json.dumps(message).encode() + b"\\n")
    def reply(id, result): send({"jsonrpc": "2.0", "id": id, "result": result})
    def fail(id, code, message, data=None): send({"jsonrpc": "2.0", "id": id,
      "error": {"code": code, "message": message, "data": data}})
    def notify(method, params): send({"jsonrpc": "2.0", "method": method, "params": params})
    def text(id, words, **more): reply(id, dict({"content": [{"type": "text", "text": words}]}, **more))
    def initialize(id, params):
      if MODERN: return fail(id, -32602, "no _meta")
      reply(id, {"protocolVersion": VERSION, "capabilities": {"tools": {"listChanged": True}},
        "serverInfo": {"name": "fake", "version": "1"}})
    def discover(id, params):
      if not MODERN: return fail(id, -32601, "server/discover")
      reply(id, {"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}, "ttlMs": 0,
        "cacheScope": "private", "_meta": {"io.modelcontextprotocol/serverInfo": {"name": "fake", "version": "2"}}})
    def listed(id, params): reply(id, {"tools": TOOLS})
    def call(id, name, arguments, params): text(id, arguments.get("words", ""))
    def other(message): pass

    """

  private static let loop = """
    for line in sys.stdin.buffer:
      log.write(line)
      message = json.loads(line)
      id, method, params = message.get("id"), message.get("method"), message.get("params") or {}
      if method == "initialize": initialize(id, params)
      elif method == "server/discover": discover(id, params)
      elif method == "tools/list": listed(id, params)
      elif method == "tools/call": call(id, params.get("name"), params.get("arguments") or {}, params)
      else: other(message)

    """
}

/// Collects what is reported, from any thread.
final class Collected<Element: Sendable>: Sendable {
  private let state = Mutex<[Element]>([])
  var all: [Element] { state.withLock { $0 } }
  func add(_ element: Element) { state.withLock { $0.append(element) } }
}

/// Time that passes so much faster that waiting for seconds costs no time.
func fastTime(_ factor: Int = 50) -> TimeSource {
  let real = TimeSource.system
  return TimeSource(
    monotonic: { real.monotonic() * factor }, wallMilliseconds: real.wallMilliseconds,
    sleep: { try await real.sleep($0 / factor) })
}

/// Waits until the condition holds; false when it does not within a minute, which is for machines that are very busy.
func mcpEventually(_ condition: () async -> Bool) async throws -> Bool {
  let end = ContinuousClock.now + .seconds(60)
  while ContinuousClock.now < end {
    if await condition() { return true }
    try await Task.sleep(for: .milliseconds(5))
  }
  return await condition()
}

/// The error that the work throws.
func mcpFailure<Value>(_ work: () async throws -> Value) async throws -> SandboxError {
  do {
    let value = try await work()
    Issue.record("gave \(value)")
    throw CancellationError()
  } catch let error as SandboxError {
    return error
  }
}

/// Runs the body with a session of a fake server, and ends it.
func withMCPSession<Value>(
  _ fake: FakeMCPServer, era: MCPServerSpec.Era = .legacy, limits: ConversationLimits = FakeMCPServer.limits,
  resources: ResourceLimits = .unlimited, time: TimeSource = .system,
  onToolsChanged: @escaping @Sendable () -> Void = {},
  _ body: (MCPSession, MCPStdioTransport) async throws -> Value
) async throws -> Value {
  let transport = fake.transport(limits: limits, resources)
  let session = MCPSession(transport, name: "fake", time: time, onToolsChanged: onToolsChanged)
  let result: Result<Value, any Error>
  do {
    try await session.start(era)
    result = .success(try await body(session, transport))
  } catch {
    result = .failure(error)
  }
  await session.close()
  return try result.get()
}

extension MCPSession {
  func tool(_ name: String = "echo") async throws -> MCPRemoteTool {
    try #require(try await listTools().tools.first { $0.name == name })
  }
}
