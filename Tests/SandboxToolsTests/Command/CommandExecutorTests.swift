import Glibc
import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct CommandExecutorTests {
  private func error(_ body: () async throws -> ToolOutput) async throws -> SandboxError {
    do {
      let output = try await body()
      Issue.record("returned \(output.text.prefix(200))")
    } catch let error as SandboxError {
      return error
    }
    return SandboxError(.internalError, "returned")
  }

  @Test func getsExactlyItsEnvironment() async throws {
    let fixture = try CommandFixture()
    setenv("SANDBOX_TEST_SECRET", "1", 1)
    let output = try await fixture.run(CommandSpec(executable: "/usr/bin/env"))
    var variables: [String: String] = [:]
    for line in output.text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1)
      variables[String(parts[0])] = String(parts[1])
    }
    let home = try #require(variables["HOME"])
    #expect(home.hasPrefix("\(fixture.temporary)/call-"))
    #expect(
      variables == [
        "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home, "TMPDIR": home, "LANG": "C.UTF-8", "TZ": "UTC",
        "USER": "agent", "LOGNAME": "agent", "AGENT_SANDBOXED": "1", "AGENT_CALL_ID": "root/1.0",
        "AGENT_NETWORK": "none",
      ])
    #expect(access(home, F_OK) != 0)
  }

  @Test func runsInTheWorkspaceWithAFolderOfItsOwn() async throws {
    let fixture = try CommandFixture()
    let output = try await fixture.run(
      """
      pwd
      stat -c %a "$TMPDIR"
      mkdir -p "$TMPDIR/a/b"; echo x > "$TMPDIR/a/b/c"; ln -s "$PWD" "$TMPDIR/link"; chmod 000 "$TMPDIR/a/b"
      echo kept > kept
      """)
    #expect(output.text == "\(fixture.workspace)\n700\n")
    #expect(fixture.leftovers == 0)
    // The link was removed, not followed.
    #expect(access("\(fixture.workspace)/kept", F_OK) == 0)
  }

  @Test func standardInput() async throws {
    let fixture = try CommandFixture()
    #expect(try await fixture.run("cat", arguments: ["a": [1, "ä"]], input: .json).text == "{\"a\":[1,\"ä\"]}")
    #expect(try await fixture.run("cat", arguments: ["a": 1]).text == "")
    // Ten megabytes that are never read.
    let huge = JSONValue.string(String(repeating: "x", count: 10 << 20))
    #expect(try await fixture.run("echo done", arguments: ["a": huge], input: .json).text == "done\n")
  }

  @Test func passesArguments() async throws {
    let fixture = try CommandFixture()
    let spec = CommandSpec(
      executable: "/usr/bin/printf",
      arguments: [.literal("<%s>"), .parameter("a", mayBeginWithDash: false), .parameter("b", mayBeginWithDash: false)])
    #expect(try await fixture.run(spec, ["a": "$(id) ; x", "b": ["k": true]]).text == "<$(id) ; x><{\"k\":true}>")
    #expect(try await fixture.run(spec, ["b": 5]).text == "<5>")
  }

  @Test func jsonOutput() async throws {
    let fixture = try CommandFixture()
    #expect(try await fixture.run("echo '{ \"a\" : [ 1, 2 ] }'", output: .json).text == "{\"a\":[1,2]}")
    let bad = try await error { try await fixture.run("echo 'Traceback: no'", output: .json) }
    #expect(bad.code == .invalidResponse)
    #expect(bad.message.contains("Traceback: no"))
    let empty = try await error { try await fixture.run("true", output: .json) }
    #expect(empty.code == .invalidResponse)
    let huge = try await error { try await fixture.run("head -c 5000000 /dev/zero | tr '\\0' 1", output: .json) }
    #expect(huge.code == .outputLimit)
    // Larger than a pipe's buffer and than what is kept of text.
    let large = try await fixture.run("printf '\"'; head -c 1000000 /dev/zero | tr '\\0' x; printf '\"'", output: .json)
    #expect(large.text.utf8.count == 1_000_002)
  }

  @Test func standardErrorAloneIsShown() async throws {
    let fixture = try CommandFixture()
    #expect(try await fixture.run("echo note >&2").text == "[standard error]\nnote\n")
    #expect(try await fixture.run("echo out; echo note >&2").text == "out\n")
  }

  @Test func announcesWhatATerminalWouldShow() async throws {
    let fixture = try CommandFixture()
    let spec = CommandSpec(
      executable: try fixture.script("head -c 100000 /dev/zero | tr '\\0' o; echo e >&2"),
      arguments: [.literal("it's"), .literal("a b"), .literal("")])
    let output = try await fixture.run(spec)
    let announcement = try #require(output.announcements.first)
    #expect(output.announcements.count == 1)
    #expect(announcement.type == "terminal")
    #expect(announcement.data["command"] == .string("\(fixture.folder.path)/script 'it'\\''s' 'a b' ''"))
    #expect(announcement.data["exitCode"] == 0)
    #expect(announcement.data["error"] == "e\n")
    #expect(try #require(announcement.data["output"]?.stringValue).utf8.count <= 4096)
  }

  @Test(arguments: [1, 2, 126, 127, 255]) func exitCodes(_ code: Int) async throws {
    let fixture = try CommandFixture()
    let error = try await error { try await fixture.run("echo partial; echo 'why not' >&2; exit \(code)") }
    #expect(error.code == .toolFailed)
    #expect(error.message.contains("exit code \(code)"))
    #expect(error.message.contains("why not"))
    #expect(error.retry == .never)
    #expect(error.toolFailure?.output?.text == "partial\n")
    #expect(error.toolFailure?.output?.announcements.first?.data["exitCode"] == .int(Int64(code)))
    #expect(fixture.leftovers == 0)
  }

  @Test(arguments: ["SEGV", "KILL", "TERM"]) func signals(_ name: String) async throws {
    let fixture = try CommandFixture()
    let error = try await error { try await fixture.run("kill -\(name) $$") }
    #expect(error.code == .toolFailed)
    #expect(error.message.contains("SIG\(name)"))
    #expect(error.toolFailure?.output?.announcements.first?.data["signal"] == .string("SIG\(name)"))
  }

  @Test func onlyTheEndOfALongErrorIsQuoted() async throws {
    let fixture = try CommandFixture()
    let error = try await error { try await fixture.run("seq 100000 >&2; printf '\\033[31mlast' >&2; exit 1") }
    #expect(error.message.utf8.count < 5000)
    #expect(error.message.hasSuffix("\u{fffd}[31mlast"))
  }

  /// What a model reads of a run has bounds, and all of it is there behind.
  @Test(arguments: ["", "exit 1", "kill -9 $$"]) func theWholeOutputIsThere(_ end: String) async throws {
    let fixture = try CommandFixture()
    let script = "seq 1 100000; seq 1 50000 >&2; \(end)"
    let output: ToolOutput
    if end.isEmpty {
      output = try await fixture.run(script)
    } else {
      output = try #require(try await error { try await fixture.run(script) }.toolFailure?.output)
    }
    func numbers(_ end: Int) -> String { (1...end).map { "\($0)\n" }.joined() }
    // Without a failure a model is told only what is printed, and all of that is what is printed.
    let expected = end.isEmpty ? numbers(100_000) : "\(numbers(100_000))\n[standard error]\n\(numbers(50_000))"
    var whole = try #require(output.whole)
    var bytes: [UInt8] = []
    while case let piece = try whole.next(), !piece.isEmpty { bytes += piece }
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
    #expect(output.totalBytes > output.text.utf8.count)
    #expect(fixture.leftovers == 0)
  }

  @Test func aLongErrorAloneIsSaidToBeCut() async throws {
    let fixture = try CommandFixture()
    let error = try await error { try await fixture.run("seq 1 10000 >&2; exit 1") }
    let output = try #require(error.toolFailure?.output)
    #expect(output.text.isEmpty && output.totalBytes > 40_000)
  }

  @Test func aProgramThatHasGone() async throws {
    let fixture = try CommandFixture()
    let script = try fixture.script("true")
    unlink(script)
    let gone = try await error { try await fixture.run(CommandSpec(executable: script)) }
    #expect(gone.code == .notFound)
    #expect(gone.isBeforeEffect)
    let noInterpreter = try fixture.folder.write("script", "#!/no/such/interpreter\n", mode: 0o755)
    #expect(try await error { try await fixture.run(CommandSpec(executable: noInterpreter)) }.code == .notFound)
    rmdir(fixture.workspace)
    #expect(try await error { try await fixture.run(CommandSpec(executable: "/bin/true")) }.code == .notFound)
    #expect(fixture.leftovers == 0)
  }

  @Test func tooLongArguments() async throws {
    let fixture = try CommandFixture()
    let spec = CommandSpec(executable: "/bin/echo", arguments: [.parameter("a", mayBeginWithDash: false)])
    let error = try await error {
      try await fixture.run(spec, ["a": .string(String(repeating: "x", count: 3 << 20))])
    }
    #expect(error.code == .invalidArgument)
  }

  @Test func twoHundredMegabytes() async throws {
    let fixture = try CommandFixture()
    let error = try await error { try await fixture.run("echo begin; head -c 200000000 /dev/zero | tr '\\0' x") }
    #expect(error.code == .outputLimit)
    let output = try #require(error.toolFailure?.output)
    #expect(output.text.hasPrefix("begin\n"))
    #expect(output.text.utf8.count < 300_000)
    #expect(output.totalBytes > 64 << 20)
    #expect(output.totalBytes < 100 << 20)
  }

  @Test func binaryGarbage() async throws {
    let fixture = try CommandFixture()
    let output = try await fixture.run("printf 'a\\377\\000\\033]52;c;eA==\\007b'; printf '[State] completed\\n'")
    let text = ToolText(output.text).text
    #expect(text == "a\u{fffd}\u{fffd}\u{fffd}]52;c;eA==\u{fffd}b[State] completed\n")
  }
}
