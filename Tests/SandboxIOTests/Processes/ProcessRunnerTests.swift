import Glibc
import SandboxCore
import SandboxIO
import Testing

@Suite struct ProcessRunnerTests {
  @Test func exitCodesAreResults() async throws {
    for code: Int32 in [0, 1, 42, 255] {
      let result = try await ProcessRunner.run(shell("exit \(code)"))
      #expect(result.status == .exited(code))
      #expect(result.termination == .exited)
      #expect(result.isSuccess == (code == 0))
    }
  }

  @Test func deathBySignalIsAResult() async throws {
    for number in [SIGKILL, SIGTERM, SIGSEGV, SIGUSR1] {
      let result = try await ProcessRunner.run(shell("kill -\(number) $$"))
      #expect(result.status == .signaled(number))
      #expect(result.termination == .exited)
    }
  }

  @Test func streamsAreSeparate() async throws {
    let result = try await ProcessRunner.run(shell("echo out; echo err >&2"))
    #expect(result.standardOutput.text == "out\n")
    #expect(result.standardError.text == "err\n")
    #expect(result.duration > .zero)
  }

  @Test func environmentIsExact() async throws {
    let environment = [("B", "2"), ("A", "x=y\nz"), ("EMPTY", ""), ("É", "ü")]
    let result = try await ProcessRunner.run(spec("/usr/bin/env", "-0") { $0.environment = environment })
    #expect(result.standardOutput.text.split(separator: "\0").map(String.init) == environment.map { "\($0.0)=\($0.1)" })
    #expect(try await ProcessRunner.run(spec("/usr/bin/env") { $0.environment = [] }).standardOutput.text == "")
  }

  @Test func argumentsArriveAsTheyAre() async throws {
    let arguments = ["", "a b", "$HOME `id` \"'\\", "*", "ü\n"]
    var spec = spec("/usr/bin/printf", "%s|")
    spec.argv += arguments
    #expect(try await ProcessRunner.run(spec).standardOutput.text == arguments.map { $0 + "|" }.joined())
  }

  @Test func childStartsClean() async throws {
    var files: [Int32] = []
    for _ in 0..<50 { files.append(open("/dev/null", O_RDONLY)) }
    defer { for file in files { close(file) } }
    let result = try await withTemporaryFolder { folder in
      try await ProcessRunner.run(
        shell(
          """
          echo $(ls /proc/$$/fd); pwd; umask
          grep -E 'SigBlk|SigIgn|NoNewPrivs' /proc/self/status
          ps -o sid=,pgid= -p $$; echo $$
          """
        ) {
          $0.workingDirectory = folder
        }
      ).standardOutput.text.replacingFolder(folder)
    }
    let lines = result.split(separator: "\n").map(String.init)
    // The shell itself may hold the pipe of its command substitution.
    #expect(lines[0].split(separator: " ").prefix(3) == ["0", "1", "2"])
    #expect(lines[0].split(separator: " ").count <= 4)
    #expect(lines[1] == "FOLDER")
    #expect(lines[2] == "0077")
    #expect(lines[3] == "SigBlk:\t0000000000000000")
    #expect(lines[4] == "SigIgn:\t0000000000000000")
    #expect(lines[5] == "NoNewPrivs:\t1")
    #expect(lines[6].split(separator: " ").map(String.init) == [lines[7], lines[7]])
  }

  @Test func onlyThreeDescriptorsAreOpen() async throws {
    var files: [Int32] = []
    for _ in 0..<50 { files.append(open("/dev/null", O_RDONLY)) }
    defer { for file in files { close(file) } }
    // `ls` lists its own descriptor for the folder as well.
    let result = try await ProcessRunner.run(spec("/bin/ls", "/proc/self/fd"))
    #expect(result.standardOutput.text == "0\n1\n2\n3\n")
    let input = try await ProcessRunner.run(spec("/bin/readlink", "/proc/self/fd/0"))
    #expect(input.standardOutput.text == "/dev/null\n")
  }

  @Test func inputIsDelivered() async throws {
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    let result = try await ProcessRunner.run(
      spec("/bin/cat") {
        $0.input = .bytes(bytes)
        $0.outputLimits = OutputLimits(head: 4 << 20, tail: 0)
      })
    #expect(result.standardOutput.head == bytes)
    #expect(!result.standardOutput.truncated)
    let empty = try await ProcessRunner.run(spec("/bin/cat") { $0.input = .bytes([]) })
    #expect(empty.standardOutput.totalBytes == 0)
    #expect(empty.isSuccess)
  }

  @Test func unreadInputIsNoError() async throws {
    let result = try await ProcessRunner.run(
      shell("exec <&-; echo done") { $0.input = .bytes([UInt8](repeating: 1, count: 8 << 20)) })
    #expect(result.isSuccess)
    #expect(result.standardOutput.text == "done\n")
  }

  @Test func failureToStartSaysWhy() async throws {
    func error(_ spec: ProcessSpec) async throws -> SandboxError {
      try await #require(throws: SandboxError.self) { try await ProcessRunner.run(spec) }
    }
    let missing = try await error(spec("/no/such/program"))
    #expect(missing.code == .notFound)
    #expect(missing.message.contains("executing failed for /no/such/program"))
    let folder = try await error(spec("/bin/true") { $0.workingDirectory = "/no/such/folder" })
    #expect(folder.code == .notFound)
    #expect(folder.message.contains("/no/such/folder"))
    #expect(try await error(spec("/etc/passwd")).code == .denied)
    #expect(try await error(spec("/bin/echo", "a\0b")).message.contains("argument 1 contains a NUL"))
    #expect(try await error(spec("/bin/echo", String(repeating: "x", count: 4 << 20))).code == .invalidArgument)
    #expect(try await error(spec("echo")).code == .invalidArgument)
    #expect(try await error(spec()).code == .invalidArgument)
    #expect(try await error(spec("/bin/true") { $0.workingDirectory = "." }).code == .invalidArgument)
    for name in ["", "A=B", "A\0"] {
      #expect(try await error(spec("/bin/true") { $0.environment = [(name, "")] }).code == .invalidArgument)
    }
    try await withTemporaryFolder { folder in
      try write("#!/no/such/interpreter\n", to: folder + "/script")
      try write("neither ELF nor script\n", to: folder + "/text")
      chmod(folder + "/script", 0o700)
      chmod(folder + "/text", 0o700)
      let script = try await error(spec(folder + "/script"))
      #expect(script.code == .notFound)
      #expect(script.message.contains("interpreter"))
      #expect(try await error(spec(folder + "/text")).code == .invalidArgument)
    }
  }

  @Test func manyAtOnce() async throws {
    try await withThrowingTaskGroup(of: (Int, ProcessResult).self) { group in
      for index in 0..<64 {
        group.addTask {
          (index, try await ProcessRunner.run(shell("cat; echo \(index)") { $0.input = .bytes(Array("in".utf8)) }))
        }
      }
      var seen: Set<Int> = []
      for try await (index, result) in group {
        #expect(result.standardOutput.text == "in\(index)\n")
        seen.insert(index)
      }
      #expect(seen.count == 64)
    }
  }

  @Test func nothingIsLeftOpen() async throws {
    func openDescriptors() -> Int { (0..<4096).count { fcntl($0, F_GETFD) >= 0 } }
    _ = try await ProcessRunner.run(spec("/bin/true"))
    let before = openDescriptors()
    for index in 0..<400 {
      _ = try? await ProcessRunner.run(spec(index % 4 == 0 ? "/no/such/program" : "/bin/true"))
    }
    // Other tests open some at the same time, but give them back; of what is leaked, one a failed start would be 100.
    #expect(try await eventually { openDescriptors() < before + 90 })
  }
}

extension String {
  fileprivate func replacingFolder(_ folder: String) -> String {
    split(separator: "\n").map { $0 == folder ? "FOLDER" : String($0) }.joined(separator: "\n")
  }
}
