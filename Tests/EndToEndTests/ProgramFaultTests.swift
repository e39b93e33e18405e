import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Programs that are exchanged, multiply, flood and get hostile arguments")
struct ProgramFaultTests {
  @Test("A program that is another one by the time it is called")
  func exchanged() async throws {
    try await Folder.with { folder in
      let program = try folder.write("probe-program", "#!/bin/sh\necho first\n")
      chmod(program, 0o755)
      let trial = try await ToolTrial.run(
        CommandManifest.json("probe", argv: [program]), in: folder,
        beforeCall: { _ = try? folder.write("probe-program", "#!/bin/sh\necho other\n") })
      try await trial.expect(.failed, .denied, telling: ["was changed since the session began"])
      #expect(!trial.told.contains("other"))
    }
  }

  /// 511 processes, half of them in sessions of their own.
  @Test("A program that multiplies")
  func multiplies() async throws {
    try await Folder.with { folder in
      let marker = Marker()
      let script = """
        multiply() {
          if [ "$1" -lt 8 ]; then multiply $(($1 + 1)) & multiply $(($1 + 1)) & fi
          if [ $(($1 % 2)) = 0 ]; then exec setsid sleep \(marker.seconds); else exec sleep \(marker.seconds); fi
        }
        multiply 0 &
        wait
        """
      let trial = try await ToolTrial.run(
        CommandManifest.script("probe", script, timeoutMilliseconds: 2_000), in: folder)
      try await trial.expect(.failed, .limitExceeded, telling: ["more processes", "limits.processes"])
      #expect(try await marker.leftovers() == [])
    }
  }

  @Test("A program that floods both streams by turns, without a line end")
  func floodsByTurns() async throws {
    try await Folder.with { folder in
      let script = "while :; do head -c 65536 /dev/zero; head -c 65536 /dev/zero >&2; done"
      let trial = try await ToolTrial.run(CommandManifest.script("probe", script), in: folder)
      try await trial.expect(.failed, .outputLimit, telling: ["more than is allowed"])
      #expect(trial.peakBytes < 150 << 20)
      trial.ended.expectFramed()
    }
  }

  @Test(
    "Arguments that no program can get, or that it would take for something else",
    arguments: [
      (String(repeating: "x", count: 300_000), "too long"), ("a\0b", "NUL character"),
      ("--help", "could be taken for an option"),
    ])
  func hostileArguments(text: String, reason: String) async throws {
    try await Folder.with { folder in
      let trial = try await ToolTrial.run(
        CommandManifest.json("probe", argv: ["/bin/echo", "{text}"], properties: ["text": ["type": "string"]]),
        arguments: ["text": .string(text)], in: folder)
      try await trial.expect(.failed, .invalidArgument, telling: [reason])
    }
  }

  @Test("After -- an argument is what it is")
  func dashes() async throws {
    try await Folder.with { folder in
      let trial = try await ToolTrial.run(
        CommandManifest.json(
          "probe", argv: ["/usr/bin/basename", "--", "{text}"], properties: ["text": ["type": "string"]]),
        arguments: ["text": "--help"], in: folder)
      try await trial.expect(.completed, telling: ["--help\n"])
    }
  }
}
