import Glibc
import SandboxCore
import SandboxIO
import Synchronization
import Testing

@testable import SandboxTools

/// What can go wrong with a server that is a process, on the way of its messages.
@Suite struct MCPStdioTests {
  private func echo(_ session: MCPSession, _ words: String = "hello") async throws -> String {
    try await session.call(try await session.tool(), ["words": .string(words)]).text
  }

  @Test func aCallGoesThereAndBack() async throws {
    let fake = try FakeMCPServer()
    try await withMCPSession(fake) { (session, _) async throws in
      #expect(try await echo(session, "säy \u{1F600}\n") == "säy \u{1F600}\n")
      #expect(session.agreement?.version == .v2025November)
      #expect(session.agreement?.server == "fake 1")
    }
    #expect(fake.methods() == ["initialize", "notifications/initialized", "tools/list", "tools/call"])
    #expect(fake.received.compactMap { $0["id"]?.intValue } == [1, 2, 3])
    #expect(fake.received[0]["params"]?["protocolVersion"] == "2025-11-25")
    #expect(fake.received[0]["params"]?["_meta"] == nil as JSONValue?)
  }

  /// Garbage before JSON, CRLF, a message in single bytes, one that comes together with others, blank lines.
  @Test func howBytesArriveDoesNotMatter() async throws {
    let fake = try FakeMCPServer(
      """
      raw(b"Starting up...\\n\\xff\\xfe\\n{not json}\\n42\\n\\r\\n")
      def call(id, name, arguments, params):
        data = json.dumps({"jsonrpc": "2.0", "id": id, "result": {"content": [{"type": "text", "text": "slow"}]}})
        for byte in (data + "\\r\\n").encode():
          raw(bytes([byte]))
      def listed(id, params):
        noise = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "x"}}
        answer = {"jsonrpc": "2.0", "id": id, "result": {"tools": TOOLS}}
        raw(("\\n".join(json.dumps(m) for m in [noise, answer, noise]) + "\\nloose end").encode())
        raw(b"\\n")
      """)
    try await withMCPSession(fake) { (session, transport) async throws in
      #expect(try await echo(session) == "slow")
      #expect(transport.junkLines == 5)
      #expect(session.counts.logMessages == 2)
    }
  }

  @Test func aMessageThatIsTooLargeFailsTheCallAndNotTheServer() async throws {
    let fake = try FakeMCPServer(
      """
      def call(id, name, arguments, params):
        words = arguments["words"]
        text(id, "x" * 5000000 if words == "huge" else words)
      """)
    try await withMCPSession(fake) { (session, transport) async throws in
      let error = try await mcpFailure { try await echo(session, "huge") }
      #expect(error.code == .outputLimit)
      #expect(!error.isBeforeEffect)
      #expect(transport.isUsable)
      #expect(try await echo(session) == "hello")
    }
  }

  @Test func aServerThatDiesDuringACallSaysHow() async throws {
    let fake = try FakeMCPServer(
      """
      def call(id, name, arguments, params):
        sys.stderr.write("noise\\n" * 100000 + "out of cheese\\n")
        sys.exit(3)
      """)
    try await withMCPSession(fake) { (session, transport) async throws in
      let error = try await mcpFailure { try await echo(session) }
      #expect(error.code == .unavailable)
      #expect(error.retry == .backoff)
      #expect(!error.isBeforeEffect)
      #expect(error.message.contains("exit code 3"))
      #expect(error.message.contains("out of cheese"))
      #expect(error.message.utf8.count < 600)
      #expect(!transport.isUsable)
      let next = try await mcpFailure { try await echo(session) }
      #expect(next.code == .unavailable)
      #expect(next.isBeforeEffect)
    }
  }

  @Test func aServerThatFillsItsFolderIsStoppedAndSaysWhy() async throws {
    let fake = try FakeMCPServer(
      """
      def call(id, name, arguments, params):
        for number in range(300): open(os.environ["HOME"] + "/" + str(number), "w").close()
        time.sleep(600)
      """)
    var resources = ResourceLimits.unlimited
    resources.diskFiles = 200
    try await withMCPSession(fake, resources: resources) { (session, transport) async throws in
      let error = try await mcpFailure { try await echo(session) }
      #expect(error.code == .unavailable)
      #expect(error.message.contains("limits.diskFiles"), "\(error.message)")
      #expect(!transport.isUsable)
    }
  }

  @Test func everyCallThatWaitsFailsWhenTheServerDies() async throws {
    let fake = try FakeMCPServer(
      """
      count = 0
      def call(id, name, arguments, params):
        global count
        count += 1
        if count == 20: os.kill(os.getpid(), signal.SIGKILL)
      """)
    try await withMCPSession(fake) { (session, _) async throws in
      let tool = try await session.tool()
      let codes = await withTaskGroup(of: SandboxError.Code?.self) { group in
        for _ in 0..<20 {
          group.addTask {
            do throws(SandboxError) { _ = try await session.call(tool, [:]) } catch { return error.code }
            return nil
          }
        }
        var codes: [SandboxError.Code?] = []
        for await code in group { codes.append(code) }
        return codes
      }
      #expect(codes == Array(repeating: .unavailable, count: 20))
    }
  }

  /// A server that reads no more: what it can have seen may have had an effect, what still waited here has not.
  @Test func aCallThatWasNeverSentIsKnownToHaveHadNoEffect() async throws {
    let fake = try FakeMCPServer(
      """
      def call(id, name, arguments, params):
        while not os.path.exists(sys.argv[1] + ".end"): time.sleep(0.01)
        os._exit(1)
      """)
    try await withMCPSession(fake) { (session, transport) async throws in
      let tool = try await session.tool()
      func sent() -> [Bool] {
        transport.state.withLock { state in
          state.exchanges.values.sorted { $0.position < $1.position }
            .map { state.conversation?.isWritten($0.position) ?? false }
        }
      }
      func start(_ words: String) -> Task<ToolOutput, any Error> {
        Task { try await session.call(tool, ["words": .string(words)]) }
      }
      let first = start("a")
      #expect(try await mcpEventually { fake.methods().contains("tools/call") })
      // More than the pipe and the server's buffer hold.
      let second = start(String(repeating: "b", count: 1 << 20))
      #expect(try await mcpEventually { sent() == [true, true] })
      let third = start("c")
      #expect(try await mcpEventually { sent() == [true, true, false] })
      try fake.folder.write("received.end", "")
      for (call, isBeforeEffect) in [(first, false), (second, false), (third, true)] {
        let error = try await mcpFailure { try await call.value }
        #expect(error.code == .unavailable)
        #expect(error.isBeforeEffect == isBeforeEffect)
      }
    }
  }

  /// Responses with ids that are not exactly ours, twice the same one, and one that comes after its call was given up.
  @Test func onlyTheRightIdIsAnAnswer() async throws {
    let fake = try FakeMCPServer(
      """
      def call(id, name, arguments, params):
        for wrong in [id + 1000, str(id), float(id), None, True, [id]]: text(wrong, "wrong")
        send({"jsonrpc": "2.0", "id": id})
        send({"jsonrpc": "2.0", "result": {}})
        text(id, "right")
        text(id, "again")
        notify("notifications/done", {})
      """)
    try await withMCPSession(fake) { (session, _) async throws in
      #expect(try await echo(session) == "right")
      #expect(try await mcpEventually { session.counts.ignoredMessages == 9 })
    }
  }

  @Test func answersMayComeInAnyOrderAndInABatch() async throws {
    let fake = try FakeMCPServer(
      """
      waiting = []
      def call(id, name, arguments, params):
        waiting.append((id, arguments["words"]))
        if len(waiting) == 10:
          send([{"jsonrpc": "2.0", "id": id, "result": {"content": [{"type": "text", "text": words}]}}
            for id, words in reversed(waiting)])
      """)
    try await withMCPSession(fake) { (session, _) async throws in
      let tool = try await session.tool()
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for index in 0..<10 {
          group.addTask { try await session.call(tool, ["words": .string("\(index)")]).text == "\(index)" }
        }
        for try await isRight in group { #expect(isRight) }
      }
    }
  }

  @Test func theServersOwnRequestsAreAnswered() async throws {
    let fake = try FakeMCPServer(
      """
      def call(id, name, arguments, params):
        send({"jsonrpc": "2.0", "id": "p", "method": "ping"})
        send({"jsonrpc": "2.0", "id": 7, "method": "sampling/createMessage", "params": {"messages": []}})
        send({"jsonrpc": "2.0", "id": 8, "method": "roots/list"})
        send({"jsonrpc": "2.0", "id": None, "method": "ping"})
        answers = [json.loads(sys.stdin.buffer.readline()) for _ in range(3)]
        text(id, json.dumps(answers))
      """)
    try await withMCPSession(fake) { (session, _) async throws in
      let answers = try JSONValue(parsing: try await echo(session))
      #expect(answers[0] == ["jsonrpc": "2.0", "id": "p", "result": [:]])
      #expect(answers[1]?["id"] == 7)
      #expect(answers[1]?["error"]?["code"] == -32601)
      #expect(answers[2]?["error"]?["message"] == "this client does not support roots/list")
    }
  }

  @Test func aFloodOfRequestsAndProgressHarmsNobody() async throws {
    let fake = try FakeMCPServer(
      """
      def call(id, name, arguments, params):
        token = params["_meta"]["progressToken"]
        for n in range(20000):
          notify("notifications/progress", {"progressToken": token, "progress": n, "total": 20000, "message": "m"})
          notify("notifications/progress", {"progressToken": 999, "progress": n})
          send({"jsonrpc": "2.0", "id": n, "method": "ping"})
        text(id, "done")
        time.sleep(1000)
      """)
    let reports = Collected<ToolProgress>()
    let start = ContinuousClock.now
    try await withMCPSession(fake) { (session, _) async throws in
      let output = try await session.call(try await session.tool(), [:]) { reports.add($0) }
      #expect(output.text == "done")
      let most = (ContinuousClock.now - start) / .milliseconds(100) + 1
      #expect(reports.all.first == ToolProgress(message: "m", progress: 0, total: 20000))
      #expect(Double(reports.all.count) <= most)
      #expect(session.counts.droppedProgress == 40000 - reports.all.count)
    }
  }

  @Test func cancellingTellsTheServerAndIgnoresTheAnswer() async throws {
    let fake = try FakeMCPServer(
      """
      late = []
      def call(id, name, arguments, params):
        if name == "echo" and arguments.get("words") == "wait": late.append(id)
        else: text(id, "next")
      def other(message):
        if message["method"] == "notifications/cancelled": text(late[0], "too late")
      """)
    try await withMCPSession(fake) { (session, _) async throws in
      let tool = try await session.tool()
      let task = Task { try await session.call(tool, ["words": "wait"]) }
      #expect(try await mcpEventually { fake.methods().contains("tools/call") })
      task.cancel()
      #expect(try await mcpFailure { try await task.value }.code == .cancelled)
      #expect(try await mcpEventually { session.counts.ignoredMessages == 1 })
      #expect(try await session.call(tool, [:]).text == "next")
    }
    let cancelled = try #require(fake.received.first { $0["method"] == "notifications/cancelled" })
    #expect(cancelled["params"]?["requestId"] == 3)
  }

  @Test func aTaskThatIsCancelledAlreadySendsNothing() async throws {
    let fake = try FakeMCPServer()
    try await withMCPSession(fake) { (session, _) async throws in
      let tool = try await session.tool()
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        return try await session.call(tool, [:])
      }
      task.cancel()
      #expect(try await mcpFailure { try await task.value }.code == .cancelled)
      #expect(try await echo(session) == "hello")
    }
    #expect(fake.methods().count { $0 == "tools/call" } == 1)
  }

  @Test func aServerThatIgnoresSIGTERMEndsWithinBothGraces() async throws {
    let fake = try FakeMCPServer(
      """
      signal.signal(signal.SIGTERM, signal.SIG_IGN)
      def other(message):
        while True: time.sleep(0.01)
      """)
    let transport = fake.transport(limits: .default)
    let session = MCPSession(transport, name: "fake")
    try await session.start(.legacy)
    let start = ContinuousClock.now
    await session.close()
    #expect(ContinuousClock.now - start >= .seconds(4))
    #expect(!transport.isUsable)
  }

  @Test func callsThatWaitFailWhenTheSessionIsClosed() async throws {
    let fake = try FakeMCPServer("def call(id, name, arguments, params): pass")
    try await withMCPSession(fake) { (session, _) async throws in
      let tool = try await session.tool()
      let task = Task { try await session.call(tool, [:]) }
      #expect(try await mcpEventually { fake.methods().contains("tools/call") })
      await session.close()
      #expect(try await mcpFailure { try await task.value }.code == .unavailable)
    }
  }

  @Test func theEnvironmentIsSmallAndTheMarkerCannotBeTaken() async throws {
    let fake = try FakeMCPServer(
      "def call(id, name, arguments, params): text(id, json.dumps(dict(os.environ)))")
    guard case .command(let argv, _, _) = fake.spec().endpoint else { return }
    let secrets = SecretStore([
      ToolSecret(name: "KEY", value: "s3cret", bindings: [.tool("srv")]),
      ToolSecret(name: "OTHER", value: "x", bindings: [.tool("else")]),
    ])
    let transports = MCPTransports(
      processes: fake.settings, secrets: secrets, limits: FakeMCPServer.limits,
      http: { _, _, _ throws(SandboxError) in throw SandboxError(.unsupported, "") })
    func transport(_ variables: [String: String]) async throws(SandboxError) -> any MCPTransport {
      try await transports.transport(
        for: MCPServerSpec(
          endpoint: .command(
            argv: argv, environment: ["A": "1", "TERM": "xterm", "AGENT_CALL_ID": "mine"], secrets: variables)),
        server: ToolID("srv"), instance: 4)
    }
    await #expect(throws: SandboxError.self) { try await transport(["API": "OTHER"]) }
    await #expect(throws: SandboxError.self) { try await transport(["API": "MISSING"]) }
    let session = MCPSession(try await transport(["API": "KEY"]), name: "srv")
    try await session.start(.legacy)
    let text = try await session.call(try await session.tool(), [:]).text
    await session.close()
    let variables = try #require(try JSONValue(parsing: text).objectValue)
    #expect(
      variables.filter { $0.key != "LC_CTYPE" }.map(\.key).sorted() == [
        "A", "AGENT_CALL_ID", "AGENT_NETWORK", "AGENT_SANDBOXED", "API", "HOME", "LOGNAME", "PATH", "SHELL", "TERM",
        "TMPDIR", "USER",
      ])
    #expect(variables["API"] == "s3cret")
    #expect(variables["TERM"] == "xterm")
    #expect(variables["AGENT_CALL_ID"] == "mcp:srv/4")
  }
}
