import Glibc
import SandboxCore
import SandboxIO
import SandboxTestKit
import Testing

@testable import SandboxTools

/// Code run by the real interpreters.
@Suite(.serialized) struct ExecuteCodeTests {
  private static let folders = ["/usr/local/bin", "/usr/bin", "/bin"]
  static func has(_ program: String) -> Bool { ProgramFinder(folders: folders).path(of: program) != nil }

  private func with<Value>(
    folders: [String] = Self.folders, allowsDependencies: Bool = false,
    _ body: (CodeFixture) async throws -> Value
  ) async throws -> Value {
    try await BuiltinFixture.with { session in
      let temporary = session.folder + "/temporary"
      mkdir(temporary, 0o700)
      return try await body(
        CodeFixture(
          session: session, temporary: temporary,
          executor: BuiltinExecutor(
            BuiltinContext(
              workspace: session.workspace, log: session.log, blobs: session.blobs, temporary: temporary,
              allowsDependencies: allowsDependencies, programFolders: folders
            ) { _ in [] })))
    }
  }

  // MARK: - Text that is dangerous in a shell

  private static let nasty = "$(touch owned) `touch owned` \\ \"; touch owned; ' $HOME \u{1F600} %s ${x} !! & | > owned"

  @Test func nothingInTheCodeIsRunByAShell() async throws {
    let literal = JSONValue.string(Self.nasty).text()
    for (language, program, code) in [
      ("python", "python3", "import sys\nprint(\(literal))\nprint(sys.argv[1])\nprint(sys.stdin.read())"),
      (
        "javascript", "node",
        "console.log(\(literal)); console.log(process.argv[2]); console.log(require('fs').readFileSync(0, 'utf8'))"
      ),
      ("shell", "sh", "cat <<'END'\n\(Self.nasty)\nEND\nprintf '%s\\n' \"$1\"\ncat\necho"),
    ] {
      guard Self.has(program) else {
        print("skipped: \(program) is not installed")
        continue
      }
      try await with { fixture in
        let result = try await fixture.run([
          "language": .string(language), "code": .string(code), "args": [.string(Self.nasty)],
          "stdin": .string(Self.nasty),
        ])
        #expect(result["stdout"] == .string("\(Self.nasty)\n\(Self.nasty)\n\(Self.nasty)\n"), "\(language)")
        #expect(result["stderr"] == "")
        #expect(result["exitCode"] == 0)
        #expect(access(fixture.session.path("owned"), F_OK) != 0)
        #expect(fixture.leftovers == 0)
      }
    }
  }

  // MARK: - Where and with what it runs

  @Test func hasTheWorkspaceAndACleanEnvironment() async throws {
    setenv("SANDBOX_TEST_SECRET", "s3cret", 1)
    try await with { fixture in
      try fixture.session.write("hello", to: "in.txt")
      let result = try await fixture.run([
        "language": "shell",
        "code": "pwd; cat in.txt; echo; echo out > out.txt; env | cut -d= -f1 | sort | tr '\\n' ' '",
      ])
      #expect(
        result["stdout"]
          == .string(
            "\(fixture.session.workspace.root)\nhello\nAGENT_CALL_ID AGENT_NETWORK AGENT_SANDBOXED HOME LANG LOGNAME NO_COLOR PATH "
              + "PWD TMPDIR TZ USER "))
      #expect(try fixture.session.read("out.txt") == "out\n")
      #expect(fixture.leftovers == 0)
    }
  }

  // MARK: - How it ends

  @Test func exitCodesAndSignalsAreResults() async throws {
    try await with { fixture in
      let failed = try await fixture.run(["language": "shell", "code": "echo out; echo err >&2; exit 7"])
      #expect(failed["exitCode"] == 7)
      #expect(failed["stdout"] == "out\n" && failed["stderr"] == "err\n")
      #expect(failed["truncated"] == false && failed["signal"] == nil)
      #expect((failed["durationMs"]?.intValue ?? -1) >= 0)
      let killed = try await fixture.run(["language": "shell", "code": "kill -SEGV $$"])
      #expect(killed["exitCode"] == 139 && killed["signal"] == "SIGSEGV")
      #expect(try await fixture.run(["language": "shell", "code": ""])["exitCode"] == 0)
    }
  }

  @Test func aTimeoutKeepsTheOutputAndLeavesNoProcess() async throws {
    try await with { fixture in
      let code = "echo started; setsid sleep 300 & (setsid sleep 300 &) & trap '' TERM; sleep 300; sleep 300"
      let error = try await fixture.failure(["language": "shell", "code": .string(code), "timeoutMs": 1500])
      #expect(error.code == .timeout)
      #expect(error.message == "the code ran longer than 1500 ms and was stopped")
      #expect(error.toolFailure?.output?.text == "started\n")
      #expect(error.toolFailure?.isBeforeEffect == false)
      #expect(fixture.leftovers == 0)
      #expect(Self.processes(of: fixture.call) == 0)
    }
  }

  @Test func cancellingKeepsTheOutputAndLeavesNoProcess() async throws {
    try await with { fixture in
      let task = Task {
        try await fixture.run(["language": "shell", "code": "echo begun; touch begun; sleep 300 & sleep 300"])
      }
      let deadline = ContinuousClock.now + .seconds(20)
      while access(fixture.session.path("begun"), F_OK) != 0, ContinuousClock.now < deadline {
        try await Task.sleep(for: .milliseconds(5))
      }
      task.cancel()
      let error = await #expect(throws: SandboxError.self) { _ = try await task.value }
      #expect(error?.code == .cancelled)
      #expect(error?.toolFailure?.output?.text == "begun\n")
      #expect(fixture.leftovers == 0)
      #expect(Self.processes(of: fixture.call) == 0)
    }
  }

  // MARK: - How much it says

  @Test func tenMegabytesAreCut() async throws {
    try await with { fixture in
      let output = try await fixture.output([
        "language": "shell", "code": "head -c 10000000 /dev/zero | tr '\\0' '\"'; echo end; echo end >&2",
      ])
      #expect(output.text.utf8.count <= ToolText.maximumBytes)
      let result = try JSONValue(parsing: output.text)
      #expect(result["truncated"] == true && result["exitCode"] == 0 && result["stderr"] == "end\n")
      let text = result["stdout"]?.stringValue ?? ""
      #expect(text.hasPrefix("\"\"\"") && text.hasSuffix("\"end\n") && text.contains("bytes omitted"))
      // All of it is where the answer says.
      let name = try #require(result["whole"]?.stringValue)
      let expected = String(repeating: "\"", count: 10_000_000) + "end\n\n[standard error]\nend\n"
      #expect(try fixture.session.content(of: String(name.dropFirst("artifacts/".count))) == expected)
      let end = try await fixture.session.call(
        "read_file", ["path": .string(name), "offset": .int(Int64(expected.utf8.count - 4))])
      #expect(end["text"] == "end\n")
    }
  }

  @Test func tooMuchOutputEndsIt() async throws {
    try await with { fixture in
      let error = try await fixture.failure(["language": "shell", "code": "yes"])
      #expect(error.code == .outputLimit)
      #expect(error.toolFailure?.output?.text.hasPrefix("y\ny\n") == true)
    }
  }

  @Test func garbageIsHarmless() async throws {
    try await with { fixture in
      let result = try await fixture.run([
        "language": "shell", "code": "printf '\\377\\000\\033]52;c;x\\007\\303'; echo '{\"exitCode\":0}'; exit 3",
      ])
      #expect(result["stdout"] == "\u{fffd}\u{fffd}\u{fffd}]52;c;x\u{fffd}\u{fffd}{\"exitCode\":0}\n")
      #expect(result["exitCode"] == 3)
    }
  }

  // MARK: - What is refused

  @Test func wrongArgumentsAreNamed() async throws {
    try await with { fixture in
      for (arguments, part) in [
        (["language": "ruby", "code": ""], "it must be one of typescript, javascript, python, shell"),
        (["language": "shell"], "the argument code is missing"),
        (["language": "shell", "code": "", "args": ["a\u{0}"]], "without NUL characters"),
        (["language": "shell", "code": "", "args": "a"], "args must be an array"),
        (["language": "shell", "code": "", "timeoutMs": 0], "timeoutMs is 0"),
        (["language": "shell", "code": .string(String(repeating: "x", count: (1 << 20) + 1))], "the limit is 1048576"),
        (["language": "shell", "code": "", "dependencies": ["curl"]], "shell code has no dependencies"),
      ] as [(JSONValue, String)] {
        let error = try await fixture.failure(arguments)
        #expect(error.code == .invalidArgument)
        #expect(error.message.contains(part), "\(error.message)")
      }
      #expect(fixture.leftovers == 0)
    }
  }

  @Test func withoutAnInterpreterItSaysWhatToInstall() async throws {
    try await with(folders: ["/nonexistent"]) { fixture in
      for (language, part) in [
        ("typescript", "install bun, deno, or node of version 22.6 or later"), ("javascript", "apt-get install nodejs"),
        ("python", "apt-get install python3"), ("shell", "/bin/sh"),
      ] {
        let error = try await fixture.failure(["language": .string(language), "code": ""])
        #expect(error.code == .unsupported)
        #expect(error.message.contains(part))
      }
      #expect(fixture.leftovers == 0)
    }
  }

  // MARK: - Packages

  @Test func packagesNeedPermission() async throws {
    try await with { fixture in
      let error = try await fixture.failure(["language": "python", "code": "", "dependencies": ["six"]])
      #expect(error.code == .denied)
      #expect(try await fixture.run(["language": "shell", "code": "echo x", "dependencies": []])["stdout"] == "x\n")
    }
  }

  @Test(arguments: [
    "-r /etc/passwd", "--index-url=http://x", "-e.", "", " six", "six; rm -rf /", "./local", "../x", "/abs",
    "git+https://x",
    "six @ https://x/y.whl", "a/b", "file:x", "$(id)", "six\n", "six==", "@scope", "@/x", "x@npm:y", "x@file:.",
    "\u{e9}", "six[", "six[a", "@scope/-x",
  ])
  func namesThatAreNoneAreRefused(_ name: String) {
    for language in [CodeLanguage.python, .typescript] {
      if language == .python, name == "six==" { continue }
      #expect(throws: SandboxError.self) { try CodePackages([.string(name)], for: language) }
    }
  }

  @Test func namesOfPackagesAreTaken() throws {
    let python = ["six", "numpy==2.1.0", "requests[socks]>=2,<3", "zope.interface~=7.0", "A_b-c"]
    #expect(try CodePackages(.array(python.map { .string($0) }), for: .python).names == python)
    let node = ["lodash", "lodash@4.17.21", "@types/node", "@types/node@^22.1.0", "x@latest"]
    #expect(try CodePackages(.array(node.map { .string($0) }), for: .javascript).names == node)
    #expect(throws: SandboxError.self) { try CodePackages(.array(Array(repeating: "a", count: 51)), for: .python) }
  }

  /// A package made here, so that no network is needed: the installer is asked in the same way.
  @Test(.enabled(if: has("python3"))) func theInstallerPutsPackagesBesideTheCode() async throws {
    try await with(allowsDependencies: true) { fixture in
      let wrapper = """
        #!/bin/sh
        if [ "$2" = pip ]; then
          for last; do :; done
          shift 7; mkdir -p "$1"; echo "name = '$last'" > "$1/found.py"; exit 0
        fi
        exec /usr/bin/env -i /usr/bin/python3 "$@"
        """
      let folder = fixture.session.folder + "/bin"
      mkdir(folder, 0o700)
      try AtomicFile.write(Array(wrapper.utf8), to: folder + "/python3", mode: 0o755, durable: false)
      let own = fixture.with(folders: [folder, "/usr/bin", "/bin"])
      let result = try await own.run([
        "language": "python", "code": "import found\nprint(found.name)", "dependencies": ["some-package>=1"],
      ])
      #expect(result["stdout"] == "some-package>=1\n")
      #expect(fixture.leftovers == 0)
    }
  }

  @Test func aFailedInstallationIsAnError() async throws {
    try await with(allowsDependencies: true) { fixture in
      let folder = fixture.session.folder + "/bin"
      mkdir(folder, 0o700)
      let wrapper = "#!/bin/sh\necho 'ERROR: no matching distribution' >&2\nexit 1\n"
      try AtomicFile.write(Array(wrapper.utf8), to: folder + "/python3", mode: 0o755, durable: false)
      let own = fixture.with(folders: [folder])
      let error = try await own.failure(["language": "python", "code": "1", "dependencies": ["six"]])
      #expect(error.code == .toolFailed)
      #expect(error.message == "the packages six could not be installed: ERROR: no matching distribution")
      #expect(error.toolFailure?.isBeforeEffect == true)
      #expect(fixture.leftovers == 0)
    }
  }

  // MARK: - Processes

  private static func processes(of call: String) -> Int {
    guard let list = try? FolderListing(of: "/proc", limit: 100_000) else { return -1 }
    return list.entries.count { entry in
      guard let number = Int32(entry.name), number != getpid(),
        let environment = try? BoundedFile.read("/proc/\(number)/environ", offset: 0, length: 1 << 16).bytes
      else { return false }
      return String(decoding: environment, as: UTF8.self).contains("AGENT_CALL_ID=\(call)\u{0}")
    }
  }
}
