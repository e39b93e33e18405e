import Glibc
import SandboxCore
import SandboxIO
import Testing

/// What programs see of the machine, with Landlock and by namespaces alone.
@Suite(.enabled("this machine allows no namespaces") { await ConfinementHere.hasNamespaces })
struct NamespaceTests {
  static let without: [Set<IsolationMechanism>] = [[], [.landlock], [.landlock, .seccomp]]

  /// Runs a script with a folder of its own, `home`, and with what else it is granted.
  private func run(
    _ script: String, _ grants: [FileRule] = [], in folder: String, without: Set<IsolationMechanism> = [],
    home access: FileRule.Access = .write, prepared: [String] = [],
    change: (inout ResourceLimits) -> Void = { _ in }
  ) async throws -> String {
    let isolation = await Isolation.establish(.bestEffort, .detect(without: without), in: folder)
    try #require(isolation.features.hasNamespaces)
    isolation.prepare(prepared)
    let home = "\(folder)/home"
    mkdir(home, 0o700)
    var limits = ResourceLimits.default
    change(&limits)
    let result = try await ProcessRunner.run(
      spec("/bin/sh", "-c", script) {
        $0.workingDirectory = home
        $0.confinement = isolation.confinement(
          files: grants + [FileRule(access, home)], network: .none, limits: limits)
      })
    return result.standardOutput.text + result.standardError.text
  }

  private func write(_ text: String, to path: String, mode: mode_t = 0o644) throws {
    try AtomicFile.write(Array(text.utf8), to: path, durable: false)
    chmod(path, mode)
  }

  @Test(arguments: without)
  func seesWhatItWasGrantedAndNothingElse(without: Set<IsolationMechanism>) async throws {
    try await withTemporaryFolder { folder in
      for name in ["granted", "other", "granted/below"] { mkdir("\(folder)/\(name)", 0o755) }
      for name in ["granted/a", "granted/below/b", "other/c"] {
        try write("text of \(name)\n", to: "\(folder)/\(name)")
      }
      let said = try await run(
        """
        cat \(folder)/granted/a \(folder)/granted/below/b
        [ -e \(folder)/other ] && echo sees the other
        [ -e /proc/self ] && echo sees processes
        [ -e /root ] && echo sees a home
        echo x 2>&- > \(folder)/granted/new && echo wrote where it may read
        chmod 700 \(folder)/granted/a 2>&- && echo changed a mode
        touch \(folder)/granted/a 2>&- && echo changed a time
        rm -f \(folder)/granted/a 2>&- && echo removed
        echo own > own && cat own
        """, [FileRule(.read, "\(folder)/granted")], in: folder, without: without)
      #expect(said == "text of granted/a\ntext of granted/below/b\nown\n")
      #expect(try contents(of: "\(folder)/home/own") == "own\n")
    }
  }

  @Test(arguments: without)
  func aFolderToWriteInOneToRead(without: Set<IsolationMechanism>) async throws {
    try await withTemporaryFolder { folder in
      for name in ["all", "all/out"] { mkdir("\(folder)/\(name)", 0o755) }
      // In either order, also when what may be read is shown to everybody.
      for prepared in [[], ["\(folder)/all"]] {
        for rules in [[FileRule(.read, "\(folder)/all"), FileRule(.write, "\(folder)/all/out")], []] {
          let grants =
            rules.isEmpty ? [FileRule(.write, "\(folder)/all/out"), FileRule(.read, "\(folder)/all")] : rules
          let said = try await run(
            "echo x 2>&- > \(folder)/all/no; echo x > \(folder)/all/out/yes && echo written; mv \(folder)/all/out/yes"
              + " \(folder)/all/out/moved && ls \(folder)/all \(folder)/all/out", grants, in: folder, without: without,
            prepared: prepared)
          #expect(said == "written\n\(folder)/all:\nout\n\n\(folder)/all/out:\nmoved\n")
        }
      }
    }
  }

  /// Grants add up, whichever comes first, as they do by Landlock.
  @Test(arguments: without)
  func whatMayBeWrittenAndIsReadByAnotherGrant(without: Set<IsolationMechanism>) async throws {
    try await withTemporaryFolder { folder in
      mkdir("\(folder)/all", 0o755)
      mkdir("\(folder)/all/in", 0o755)
      let writes = FileRule(.write, "\(folder)/all")
      for reads in [FileRule(.execute, "\(folder)/all"), FileRule(.read, "\(folder)/all/in")] {
        for grants in [[reads, writes], [writes, reads]] {
          let said = try await run(
            "echo x > \(folder)/all/in/file && rm \(folder)/all/in/file && echo written", grants, in: folder,
            without: without)
          #expect(said == "written\n")
        }
      }
    }
  }

  @Test func runsWhatItWroteOnlyIfItMay() async throws {
    try await withTemporaryFolder { folder in
      let script = "cp /bin/echo own; ./own ran; /lib64/ld-linux-x86-64.so.2 ./own loaded; true"
      for without: Set<IsolationMechanism> in Self.without {
        let denied = try await run(script, in: folder, without: without)
        #expect(!denied.contains("ran") && !denied.contains("loaded\n"), "\(denied)")
        let allowed = try await run(script, in: folder, without: without, home: .writeAndExecute)
        #expect(allowed.hasPrefix("ran\n"), "\(allowed)")
      }
    }
  }

  @Test func linksAndFilesAndWhatIsNotThere() async throws {
    try await withTemporaryFolder { folder in
      mkdir("\(folder)/real", 0o755)
      try write("far\n", to: "\(folder)/real/file")
      try write("near\n", to: "\(folder)/one")
      try write("#!/bin/sh\necho program\n", to: "\(folder)/program", mode: 0o755)
      symlink("real", "\(folder)/link")
      let said = try await run(
        "cat \(folder)/link/file \(folder)/one; \(folder)/program; [ -e \(folder)/real ] && echo sees more",
        [
          FileRule(.read, "\(folder)/link"), FileRule(.read, "\(folder)/one"), FileRule(.execute, "\(folder)/program"),
          FileRule(.read, "\(folder)/none/at/all"), FileRule(.write, "\(folder)/one/below/a/file"),
        ], in: folder)
      #expect(said == "far\nnear\nprogram\n")
    }
  }

  @Test func programsAtTheSameTimeSeeTheirOwn() async throws {
    let isolation = await Isolation.establish(.bestEffort, .detect(without: [.landlock]), in: "/tmp")
    try await withTemporaryFolder { folder in
      for index in 0..<8 {
        mkdir("\(folder)/\(index)", 0o700)
        try write("\(index)\n", to: "\(folder)/\(index)/file")
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<8 {
          group.addTask {
            for _ in 0..<20 {
              let result = try await ProcessRunner.run(
                spec("/bin/sh", "-c", "for n in 0 1 2 3 4 5 6 7; do cat \(folder)/$n/file 2>&-; done") {
                  $0.workingDirectory = "\(folder)/\(index)"
                  $0.confinement = isolation.confinement(
                    files: [FileRule(.write, "\(folder)/\(index)")], network: .none, limits: .default)
                })
              #expect(result.standardOutput.text == "\(index)\n", "\(result)")
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  /// What is shared is mostly files that the kernel can drop, so whoever only looks does not count it.
  @Test(.enabled("control groups cannot be made here") { await ConfinementHere.hasMemoryGroups })
  func sharedMemoryCounts() async throws {
    try await withTemporaryFolder { folder in
      let corpus = ProcessGuard.executable.replacing("/sandbox-entry", with: "/orphan-corpus")
      let isolation = await Isolation.establish(.bestEffort, .detect(), in: folder)
      for what in ["alloc:200", "alloc-shared:200"] {
        let result = try await ProcessRunner.run(
          spec(corpus, "extra:\(what)", "limit-test", "60") {
            $0.workingDirectory = folder
            var limits = ResourceLimits.default
            limits.memoryBytes = 64 << 20
            $0.confinement = isolation.confinement(
              files: [FileRule(.execute, corpus), FileRule(.write, folder)], network: .none,
              limits: limits)
          })
        #expect(result.termination == .memoryLimit, "\(what): \(result)")
      }
    }
  }
}
