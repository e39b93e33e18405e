import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("A state directory that cannot be used")
struct StateDirectoryTests {
  /// Expects 74 with one line that names the path, and that no model was asked.
  private func refused(
    _ path: (Folder) throws -> String, naming expected: (String) -> String = { $0 }, user: String? = nil
  ) async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.text("done")])
      try await model.run { url in
        var session = Session(in: folder, modelURL: url)
        let state = try path(folder)
        session.environment["AGENT_STATE_DIR"] = state
        let line = user.map { "exec setpriv --reuid \($0) --regid \($0) --clear-groups PROGRAM" }
        let ended = try await session.run(shell: line) { _ in }.ended
        #expect(ended.code == 74, "\(ended)")
        #expect(ended.errorLines.count == 1, "\(ended)")
        #expect(ended.standardError.contains(expected(state)), "\(ended)")
        #expect(ended.standardOutput.isEmpty && model.requestCount == 0)
        #expect(Leftovers.processes(of: folder).isEmpty)
      }
    }
  }

  @Test func aFileInItsPlace() async throws {
    try await refused({ try $0.write("state", "mine") })
    try await refused({ "\(try $0.write("file", "mine"))/below" }, naming: { String($0.dropLast(6)) })
    try await refused({ folder in
      try folder.write("state/sessions", "mine")
      return "\(folder.path)/state"
    })
    try await refused({ folder in
      try folder.write("state/sessions/s1", "mine")
      return "\(folder.path)/state"
    })
  }

  @Test func foldersWhereFilesShouldBe() async throws {
    for name in ["journal.db", "lock", "blobs-is-a-file"] {
      try await refused({ folder in
        if name == "blobs-is-a-file" {
          try folder.write("state/sessions/s1/blobs", "mine")
        } else {
          folder.makeFolder("state/sessions/s1/\(name)")
        }
        return "\(folder.path)/state"
      })
    }
  }

  @Test func pathsThatCannotBe() async throws {
    try await refused({ _ in "/proc/nothing/here" }, naming: { String($0.dropLast(5)) })
    try await refused({ folder in
      #expect(symlink("loop", "\(folder.path)/loop") == 0)
      return "\(folder.path)/loop"
    })
    try await refused({ folder in "\(folder.path)/\(String(repeating: "a", count: 300))" })
    try await refused(
      { folder in
        "\(folder.path)/" + Array(repeating: String(repeating: "b", count: 200), count: 21).joined(separator: "/")
      },
      naming: { String($0.prefix(60)) })
  }

  @Test func aJournalThatIsNone() async throws {
    try await refused({ folder in
      try folder.write("state/sessions/s1/journal.db", String(repeating: "not a database ", count: 1_000))
      return "\(folder.path)/state"
    })
  }

  @Test(.enabled(if: geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0, "only root can become somebody else"))
  func notWritableForThisUser() async throws {
    for mode in [0o500, 0o000] as [mode_t] {
      try await refused(
        { folder in
          chmod(folder.path, 0o755)
          folder.makeFolder("state")
          chmod("\(folder.path)/state", mode)
          return "\(folder.path)/state"
        }, user: "65534")
    }
    try await refused(
      { folder in
        chmod(folder.path, 0o755)
        return "\(folder.path)/state"
      }, user: "65534")
  }

  @Test(.enabled(if: geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0, "only root can become somebody else"))
  func anotherUserWithAFolderOfItsOwn() async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([.text("done")])
      try await model.run { url in
        let session = Session(in: folder, modelURL: url)
        chmod(folder.path, 0o755)
        folder.makeFolder("state")
        #expect(chown("\(folder.path)/state", 65534, 65534) == 0)
        let line = "umask 000; exec setpriv --reuid 65534 --regid 65534 --clear-groups PROGRAM"
        let ended = try await session.run(shell: line) { _ in }.ended
        #expect(ended.code == 0, "\(ended)")
        try await session.expectConsistent(ended)
        var status = stat()
        for path in [session.directory, "\(session.directory)/blobs", "\(session.directory)/artifacts"] {
          #expect(stat(path, &status) == 0 && status.st_mode & 0o077 == 0, "\(path) is for its owner only")
        }
        for file in folder.files("state/sessions") {
          #expect(
            stat("\(folder.path)/\(file)", &status) == 0 && status.st_mode & 0o077 == 0, "\(file) is for its owner only"
          )
        }
      }
    }
  }
}
