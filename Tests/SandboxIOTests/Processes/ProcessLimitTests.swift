import Glibc
import SandboxCore
import SandboxIO
import Testing

/// Programs that take more than they may, with the reason that is given for their end.
@Suite struct ProcessLimitTests {
  private static let corpus =
    ProcessGuard.executable.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    + "/orphan-corpus"

  private func run(
    _ what: String, in folder: String = "/tmp", _ change: (inout ResourceLimits) -> Void
  ) async throws -> ProcessResult {
    var limits = ResourceLimits.unlimited
    change(&limits)
    return try await ProcessRunner.run(
      spec(Self.corpus, "extra:\(what)", "limit-test", "60") {
        $0.workingDirectory = folder
        $0.confinement.limits = limits
        $0.ownFolders = [folder]
        $0.outputLimits = OutputLimits(head: 1000, tail: 1000, total: 1 << 20)
      })
  }

  @Test func computingTime() async throws {
    let result = try await run("cpu-spin") { $0.cpuSeconds = 1 }
    #expect(result.termination == .cpuLimit)
    // How exactly a kernel counts is its own business.
    #expect(result.usage.cpu > .milliseconds(100))
  }

  @Test func memory() async throws {
    let result = try await run("alloc:200") { $0.memoryBytes = 64 << 20 }
    #expect(result.termination == .memoryLimit)
    #expect(result.status == .signaled(SIGKILL))
  }

  @Test func lessMemoryThanAllowedIsFine() async throws {
    let result = try await ProcessRunner.run(
      spec("/bin/sh", "-c", "exit 3") { $0.confinement.limits = .default })
    #expect(result.termination == .exited && result.status == .exited(3))
  }

  @Test func processes() async throws {
    let result = try await run("fork-bomb:300") { $0.processes = 20 }
    #expect(result.termination == .processLimit)
    #expect(result.usage.leftProcesses == 0)
  }

  @Test func sizeOfAFile() async throws {
    try await withTemporaryFolder { folder in
      let result = try await run("file:64", in: folder) { $0.fileBytes = 1 << 20 }
      #expect(result.termination == .fileSizeLimit)
    }
  }

  @Test func filesInTheOwnFolder() async throws {
    try await withTemporaryFolder { folder in
      let result = try await ProcessRunner.run(
        shell("i=0; while [ $i -lt 300 ]; do : > f$i; i=$((i+1)); done; exec sleep 60") {
          $0.workingDirectory = folder
          $0.confinement.limits.diskFiles = 200
          $0.ownFolders = [folder]
        })
      #expect(result.termination == .diskLimit)
    }
  }

  @Test func bytesInTheOwnFolder() async throws {
    try await withTemporaryFolder { folder in
      let result = try await ProcessRunner.run(
        shell("head -c 8000000 /dev/zero > a; exec sleep 60") {
          $0.workingDirectory = folder
          $0.confinement.limits.diskBytes = 4 << 20
          $0.ownFolders = [folder]
        })
      #expect(result.termination == .diskLimit)
    }
  }

  /// Two thousand short processes, each left to the init at once, and no zombie of them.
  @Test func manyShortProcesses() async throws {
    let result = try await run("orphan-storm") { $0.processes = 0 }
    #expect(result.status == .exited(0), "\(result.standardError.text)")
    #expect(result.usage.leftProcesses == 0)
  }
}
