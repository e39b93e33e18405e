import SandboxCore

/// A server in Python of the older protocol that behaves well, but for what a test changes about it.
enum PythonMCPServer {
  /// - Parameter changes: Python that comes before the server's loop and may redefine `start`, `initialize(id)`,
  ///   `list(id)`, `call(id, n)` (`n` from 1) and `end`, and change `TOOLS`. At hand are `send(**message)`, `ok(id, text)`
  ///   and `touch(name)`, which leaves a file in the test's folder.
  static func manifest(
    _ changes: String = "", id: String = "bad", in folder: Folder, tools: JSONValue = ["*"]
  ) throws -> JSONValue {
    let program = try folder.write("\(id).py", [opening(folder), changes, loop].joined(separator: "\n"))
    let spec: JSONObject = ["command": ["/usr/bin/python3", "-S", .string(program)], "era": "legacy"]
    return ToolManifests.server(id, spec, tools: tools, extra: ["writes": [.string(folder.path)]])
  }

  /// It hears neither of the end of its input nor of SIGTERM.
  static let stubborn = """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    def end():
      while True: time.sleep(1)
    """

  private static func opening(_ folder: Folder) -> String {
    """
    import json, os, signal, sys, time
    TOOLS = [{"name": "probe", "description": "a probe", "inputSchema": {"type": "object"}}]
    def raw(text): sys.stdout.write(text + "\\n"); sys.stdout.flush()
    def send(**message): raw(json.dumps({"jsonrpc": "2.0", **message}))
    def ok(id, text, **more): send(id=id, result={"content": [{"type": "text", "text": text}], **more})
    def touch(name): open("\(folder.path)/" + name, "w").close()
    def start(): pass
    def initialize(id): send(id=id, result={"protocolVersion": "2025-06-18", "capabilities": {"tools": {}},
                                            "serverInfo": {"name": "t", "version": "1"}})
    def list(id): send(id=id, result={"tools": TOOLS})
    def call(id, n): ok(id, "fine %d" % n)
    def end(): pass
    """
  }

  private static let loop = """
    n = 0
    start()
    for line in sys.stdin:
      message = json.loads(line); method = message.get("method"); id = message.get("id")
      if method == "initialize": initialize(id)
      elif method == "tools/list": list(id)
      elif method == "tools/call":
        n += 1
        call(id, n)
      elif id is not None and method: send(id=id, error={"code": -32601, "message": "no"})
    end()
    """
}
