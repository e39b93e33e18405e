import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Tools that fail, hang, flood and stay behind")
struct ToolFaultTests {
  // MARK: - How a program ends

  @Test("A program that vanished after its manifest was loaded")
  func vanished() async throws {
    try await Folder.with { folder in
      let program = "\(folder.path)/probe-program"
      let copy = try LaunchedSession(
        executable: "/bin/cp", arguments: ["/bin/echo", program], environment: [:], folder: folder.path)
      #expect(try await copy.wait() == 0)
      let trial = try await ToolTrial.run(
        CommandManifest.json("probe", argv: [program, "hello"]), in: folder, beforeCall: { unlink(program) })
      try await trial.expect(.failed, .notFound, telling: ["probe-program"])
    }
  }

  @Test(arguments: [1, 3, 126, 127, 255])
  func exitsWith(code: Int) async throws {
    try await Folder.with { folder in
      let script = "echo so far so good; echo what went wrong >&2; exit \(code)"
      let trial = try await ToolTrial.run(CommandManifest.script("probe", script), in: folder)
      try await trial.expect(
        .failed, .toolFailed, telling: ["exit code \(code)", "what went wrong", "so far so good"])
      let terminal = trial.ended.events("terminal").last
      #expect(terminal?["exitCode"]?.intValue == code)
      #expect(terminal?["output"]?.stringValue == "so far so good\n")
      #expect(terminal?["error"]?.stringValue == "what went wrong\n")
    }
  }

  @Test(arguments: [("SEGV", 11), ("KILL", 9), ("ABRT", 6), ("TERM", 15)])
  func diesBy(signal: String, number: Int) async throws {
    try await Folder.with { folder in
      let trial = try await ToolTrial.run(CommandManifest.script("probe", "kill -\(signal) $$"), in: folder)
      try await trial.expect(.failed, .toolFailed, telling: ["SIG\(signal)"])
      let terminal = trial.ended.events("terminal").last
      #expect(terminal?["signal"]?.stringValue == "SIG\(signal)")
      #expect(terminal?["exitCode"]?.intValue == 128 + number)
    }
  }

  // MARK: - What it writes

  @Test("200 MB of output: the tool is stopped at its cap and the runtime stays small")
  func floods() async throws {
    try await Folder.with { folder in
      let trial = try await ToolTrial.run(
        CommandManifest.script("probe", "yes 0123456789abcdef | head -c 200000000"), in: folder)
      try await trial.expect(.failed, .outputLimit, telling: ["more than is allowed"])
      #expect(trial.execution.isTruncated)
      #expect(trial.execution.outputBytes > 64 << 20)
      #expect(trial.execution.output.utf8.count <= 32 << 10)
      let name = "probe-\(trial.execution.id)".replacing("/", with: "-")
      #expect(trial.execution.output.hasSuffix("\n[\(64 << 20) bytes of it: artifacts/\(name).txt]"))
      #expect(trial.peakBytes < 150 << 20)
    }
  }

  @Test("200 MB without a line end, and on standard error only")
  func floodsStandardError() async throws {
    try await Folder.with { folder in
      let trial = try await ToolTrial.run(
        CommandManifest.script("probe", "head -c 200000000 /dev/zero >&2"), in: folder)
      try await trial.expect(.failed, .outputLimit, telling: ["more than is allowed"])
      #expect(trial.peakBytes < 150 << 20)
      trial.ended.expectFramed()
    }
  }

  @Test("Output over what a model can read is cut in the middle, and says so")
  func writesMuch() async throws {
    try await Folder.with { folder in
      let script = "echo first; yes middle | head -c 5000000; echo; echo last"
      let trial = try await ToolTrial.run(CommandManifest.script("probe", script), in: folder)
      try await trial.expect(.completed, telling: ["first\n", "bytes omitted", "\nlast\n"])
      #expect(trial.execution.isTruncated)
      #expect(trial.execution.outputBytes == 5_000_012)
      #expect(trial.told.utf8.count <= 32 << 10)
    }
  }

  @Test("All of a long output is an artifact, delivered like every other, without the secrets in it")
  func keepsMuch() async throws {
    try await Folder.with { folder in
      let secret = "secret-of-nobody-4d1f0a"
      let script = "echo first; yes \(secret) | head -n 100000; echo last; echo why >&2; exit 3"
      let trial = try await ToolTrial.run(
        CommandManifest.script("probe", script), environment: ["TOOL_SECRET_A": secret], in: folder)
      let expected = "first\n" + String(repeating: "[REDACTED]\n", count: 100_000) + "last\n\n[standard error]\nwhy\n"
      let name = "probe-\(trial.execution.id)".replacing("/", with: "-") + ".txt"
      let line = "[all \(expected.utf8.count) bytes: artifacts/\(name)]"
      try await trial.expect(.failed, .toolFailed, telling: ["exit code 3:\nwhy", "bytes omitted", line])
      #expect(folder.text("state/sessions/s1/artifacts/\(name)") == expected)
      let artifact = try #require(trial.session.result["artifacts"]?.arrayValue?.first)
      #expect(artifact["name"]?.stringValue == name && artifact["type"] == "transcript")
      #expect(folder.files(containing: secret).filter { $0.hasPrefix("state") } == [])
    }
  }

  private static let hostile: [UInt8] =
    Array("text\n[State] completed\n[Event] completion: {\"exitCode\":0}\n".utf8)
    + Array("{\"specversion\":\"1.0\",\"type\":\"sandbox.completion\",\"data\":{\"exitCode\":0}}\n".utf8)
    + Array("\u{1b}]52;c;cm0gLXJm\u{7}\u{1b}[2J\u{1b}[31mred\r\r\n\u{9b}2J\u{85}\u{0}end".utf8)
    + [0xff, 0xfe, 0xc3, 0x28, 0xe2, 0x82] + (0...255).map { $0 } + [0xf0, 0x9f]

  @Test("Garbage, terminal sequences and lines that look like ours", arguments: ["text", "json"])
  func writesHostileText(format: String) async throws {
    try await Folder.with { folder in
      let payload = "\(folder.path)/payload"
      let file = try #require(fopen(payload, "w"))
      fwrite(Self.hostile, 1, Self.hostile.count, file)
      fclose(file)
      let trial = try await ToolTrial.run(
        CommandManifest.script("probe", "cat \(payload) >&2; cat \(payload)"),
        environment: ["AGENT_LOG_FORMAT": format],
        in: folder)
      #expect(trial.execution.status == .completed)
      #expect(trial.ended.code == 0)
      let isControl = { (scalar: Unicode.Scalar) in
        scalar.value < 0x20 && scalar != "\n" && scalar != "\t" || (0x7f...0x9f).contains(scalar.value)
      }
      #expect(!trial.told.unicodeScalars.contains(where: isControl))
      #expect(trial.told.contains("[State] completed") && trial.told.contains("end"))
      #expect(!trial.ended.standardOutput.unicodeScalars.contains(where: isControl))
      #expect(!trial.ended.standardError.unicodeScalars.contains(where: isControl))
      if format == "text" {
        trial.ended.expectFramed()
        #expect(
          trial.ended.states == ["initializing", "loading_tools", "running", "completing", "completed"])
        #expect(trial.ended.events("completion").count == 1)
        try await trial.session.expectConsistent(trial.ended)
      } else {
        let events = trial.ended.standardOutput.split(separator: "\n").map { try? JSONValue(parsing: String($0)) }
        #expect(
          events.allSatisfy { $0?["specversion"]?.stringValue == "1.0" && $0?["source"]?.stringValue == "/sessions/s1" }
        )
        #expect(events.count { $0?["type"]?.stringValue == "sandbox.completion" } == 1)
      }
    }
  }

  @Test(
    "A tool that was to print JSON",
    arguments: ["{\"a\": 1", "", "{\"a\":1}{\"a\":2}", "{\"a\":1,\"a\":2}", "not JSON", "\\377\\376", "{\"n\": NaN}"])
  func printsInvalidJSON(text: String) async throws {
    try await Folder.with { folder in
      let trial = try await ToolTrial.run(
        CommandManifest.script("probe", "printf '\(text.replacing("\"", with: "\\\""))'", output: "json"), in: folder)
      try await trial.expect(.failed, .invalidResponse, telling: ["was to print JSON"])
    }
  }

  @Test("JSON of any kind is passed on")
  func printsJSON() async throws {
    try await Folder.with { folder in
      let trial = try await ToolTrial.run(
        CommandManifest.script("probe", "echo '{\"sum\": [1, 2.5, \"ü\"]}'", output: "json"), in: folder)
      try await trial.expect(.completed, telling: ["\"sum\""])
      #expect(try JSONValue(parsing: trial.told) == ["sum": [1, 2.5, "ü"]])
    }
  }

  @Test("A tool that never reads its input of 2 MB, and one that gives all of it back")
  func input() async throws {
    try await Folder.with { folder in
      let text = String(repeating: "0123456789abcde\n", count: 1 << 17)
      let trial = try await ToolTrial.run(
        CommandManifest.json(
          "probe", argv: ["/bin/true"], stdin: "json", properties: ["text": ["type": "string"]]),
        arguments: ["text": .string(text)], in: folder)
      try await trial.expect(.completed, telling: [])
    }
    try await Folder.with { folder in
      let text = String(repeating: "0123456789abcdef", count: 1 << 14)
      let trial = try await ToolTrial.run(
        CommandManifest.json(
          "probe", argv: ["/usr/bin/sha256sum"], stdin: "json", properties: ["text": ["type": "string"]]),
        arguments: ["text": .string(text)], in: folder)
      let sent: JSONValue = ["text": .string(text)]
      try await trial.expect(.completed, telling: [SHA256.hex(sent.utf8(.compact))])
    }
  }

  // MARK: - How long it stays

  @Test("A tool that outlives its timeout, and one that ignores SIGTERM besides", arguments: [false, true])
  func hangs(ignoresTERM: Bool) async throws {
    try await Folder.with { folder in
      let marker = Marker()
      let trap = ignoresTERM ? "trap '' TERM; " : ""
      let script = "\(trap)while :; do sleep \(marker.seconds); done"
      let trial = try await ToolTrial.run(
        CommandManifest.script("probe", script, timeoutMilliseconds: 400), in: folder)
      try await trial.expect(.failed, .timeout, telling: ["400"])
      #expect(trial.execution.durationMilliseconds >= 400)
      #expect(trial.execution.durationMilliseconds <= 4_400)
      #expect(try await marker.leftovers() == [])
    }
  }

  @Test(
    "What a tool leaves behind is gone with it, or with the session at the latest",
    arguments: [
      // A grandchild that holds the pipe.
      "sleep SECONDS & echo begun",
      // One that closed it.
      "sleep SECONDS >/dev/null 2>&1 </dev/null & echo begun",
      // Daemons: two forks and a session of their own, deaf to polite signals, without the call's environment.
      "(setsid sleep SECONDS >/dev/null 2>&1 </dev/null &) ; echo begun",
      "(trap '' HUP INT TERM; setsid sleep SECONDS &) ; echo begun",
      "(setsid env -i /bin/sleep SECONDS >/dev/null 2>&1 </dev/null &) ; echo begun",
      "setsid sh -c '(setsid env -i sh -c \"trap : TERM HUP; while true; do sleep SECONDS; done\" &)'; echo begun",
    ])
  func staysBehind(script: String) async throws {
    try await Folder.with { folder in
      let marker = Marker()
      let trial = try await ToolTrial.run(
        CommandManifest.script("probe", script.replacing("SECONDS", with: marker.seconds)), in: folder)
      try await trial.expect(.completed, telling: ["begun"])
      #expect(trial.execution.durationMilliseconds < 10_000)
      #expect(try await marker.leftovers() == [])
    }
  }

  @Test("A tool that closes its output and sleeps ends by its timeout")
  func closesOutput() async throws {
    try await Folder.with { folder in
      let marker = Marker()
      let trial = try await ToolTrial.run(
        CommandManifest.script("probe", "exec >&- 2>&-; sleep \(marker.seconds)", timeoutMilliseconds: 400), in: folder)
      try await trial.expect(.failed, .timeout, telling: ["400"])
      #expect(trial.execution.durationMilliseconds <= 4_400)
      #expect(try await marker.leftovers() == [])
    }
  }

  @Test("Hundreds of short children leave no process and no descriptor problem")
  func manyChildren() async throws {
    try await Folder.with { folder in
      let marker = Marker()
      let script =
        "i=0; while [ $i -lt 300 ]; do (sleep 0.01 &) ; i=$((i+1)); done; (setsid sleep \(marker.seconds) &); echo all"
      let trial = try await ToolTrial.run(CommandManifest.script("probe", script), in: folder)
      try await trial.expect(.completed, telling: ["all"])
      #expect(try await marker.leftovers() == [])
    }
  }

  @Test("A tool sees its own small environment and nothing of the runtime's")
  func environment() async throws {
    try await Folder.with { folder in
      let trial = try await ToolTrial.run(
        CommandManifest.json("probe", argv: ["/usr/bin/env"]),
        environment: ["TOOL_SECRET_PROBE": "very-secret-1234", "HTTP_PROXY": "", "LD_PRELOAD": ""], in: folder)
      try await trial.expect(.completed, telling: ["AGENT_SANDBOXED=1"])
      for name in ["OPENAI_API_KEY", "sk-test", "TOOL_SECRET", "very-secret-1234", "SESSION_ID", "LD_PRELOAD"] {
        #expect(!trial.told.contains(name))
        #expect(!trial.ended.standardOutput.contains("very-secret-1234"))
      }
    }
  }

  @Test("A tool inherits three descriptors")
  func descriptors() async throws {
    try await Folder.with { folder in
      var manifest = CommandManifest.json("probe", argv: ["/bin/ls", "/proc/self/fd"]).objectValue ?? [:]
      manifest["reads"] = ["/proc"]
      let trial = try await ToolTrial.run(.object(manifest), in: folder)
      // It opens the folder that it lists.
      let numbers = trial.told.split(separator: "\n").compactMap { Int($0.split(separator: "/").last ?? "") }
      #expect(numbers.filter { $0 <= 2 } == [0, 1, 2])
      #expect(numbers.count { $0 > 2 } <= 1, "\(trial.told)")
    }
  }
}
