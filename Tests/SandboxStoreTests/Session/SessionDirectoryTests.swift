import Glibc
import SandboxCore
import SandboxStore
import Testing

@Suite struct SessionDirectoryTests {
  private let folder: TemporaryFolder
  private let state: String
  private let id = SessionID("s-1")

  init() throws {
    folder = try TemporaryFolder()
    state = "\(folder.path)/some/state"
  }

  private func open(_ session: SessionID? = nil, in state: String? = nil) async throws -> SessionDirectory {
    try await SessionDirectory.open(stateDirectory: state ?? self.state, session: session ?? id)
  }

  @Test func makesWhatIsMissingForItsOwnerOnly() async throws {
    let session = try await open()
    #expect(session.path == "\(state)/sessions/s-1")
    #expect(session.isNew)
    for path in [
      state, session.path, session.paths.blobs, session.paths.workspace, session.paths.artifacts, session.paths.calls,
    ] {
      #expect(TemporaryFolder.mode(path) == 0o700, "\(path)")
    }
    #expect(TemporaryFolder.mode(session.paths.lock) == 0o600)
    #expect(TemporaryFolder.names(in: session.path) == ["artifacts", "blobs", "calls", "lock", "workspace"])
    session.close()
  }

  @Test func aFolderThatIsOpenToOthersIsClosedToThem() async throws {
    let first = try await open()
    first.close()
    chmod(first.path, 0o777)
    let second = try await open()
    #expect(TemporaryFolder.mode(second.path) == 0o700)
    second.close()
  }

  @Test func oneOwnerAtATime() async throws {
    let first = try await open()
    let error = await sandboxError { _ = try await open() }
    #expect(error?.code == .conflict)
    #expect(error?.message.contains("process \(getpid())") == true)
    let other = try await open(SessionID("s-2"))
    other.close()
    first.close()
    first.close()
    let second = try await open()
    #expect(await sandboxError { _ = try await open() }?.code == .conflict)
    second.close()
  }

  @Test func theLockGoesWithItsLastHolder() async throws {
    do {
      let session = try await open()
      #expect(session.isNew)
    }
    let again = try await open()
    again.close()
  }

  @Test func theLockNamesItsOwner() async throws {
    let session = try await open()
    let owner = try JSONValue(parsing: try TemporaryFolder.read(session.paths.lock))
    #expect(owner["pid"] == .int(Int64(getpid())))
    #expect((owner["start_ticks"]?.intValue ?? 0) > 0)
    #expect(owner["boot_id"]?.stringValue?.utf8.count == 36)
    session.close()
  }

  @Test func aSessionWithAJournalIsNotNew() async throws {
    let first = try await open()
    try await SQLiteJournal.open(directory: first.path).close()
    first.close()
    let second = try await open()
    #expect(!second.isNew)
    second.close()
  }

  @Test func opensOnlyWhatIsThereWhenAsked() async throws {
    let error = await sandboxError {
      _ = try await SessionDirectory.open(stateDirectory: state, session: id, createIfMissing: false)
    }
    #expect(error?.code == .notFound)
    #expect(!TemporaryFolder.exists(state))
  }

  @Test(arguments: ["", ".", "..", "a/b", "../x", "a b", "ä", String(repeating: "x", count: 129)])
  func anIdThatIsNoNameIsRefused(id: String) async throws {
    #expect(await sandboxError { _ = try await open(SessionID(id)) }?.code == .invalidArgument)
    #expect(!TemporaryFolder.exists(state))
  }

  @Test func leftoversOfACrashAreRemovedAndNothingElse() async throws {
    let first = try await open()
    try await first.writeArtifact(name: "a.md", bytes: [1])
    first.close()
    for directory in [first.path, first.paths.blobs, first.paths.artifacts, first.paths.workspace] {
      try TemporaryFolder.write([1], to: "\(directory)/.tmp-1-1")
    }
    let second = try await open()
    #expect(TemporaryFolder.names(in: second.path) == ["artifacts", "blobs", "calls", "lock", "workspace"])
    #expect(TemporaryFolder.names(in: second.paths.blobs).isEmpty)
    #expect(TemporaryFolder.names(in: second.paths.artifacts) == ["a.md"])
    #expect(TemporaryFolder.names(in: second.paths.workspace) == [".tmp-1-1"])
    second.close()
  }

  @Test func aStateDirectoryThatCannotBeUsedIsReportedWithTheReason() async throws {
    try TemporaryFolder.write([], to: "\(folder.path)/file")
    let readOnly = "\(folder.path)/read-only"
    mkdir(readOnly, 0o500)
    // The system's own file systems take no folders from anybody, root included.
    let closed = geteuid() == 0 ? "/sys/kernel/sandbox" : readOnly
    let long = folder.path + String(repeating: "/long", count: 1000)
    for (path, reason) in [
      ("\(folder.path)/file", "Not a directory"), ("\(folder.path)/file/below", "Not a directory"),
      (long, "File name too long"), ("\(folder.path)/\(String(repeating: "x", count: 300))", "File name too long"),
      (closed, ""),
    ] {
      let error = await sandboxError { _ = try await open(in: path) }
      #expect(error?.code == .io, "\(path)")
      #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
      #expect(error?.message.contains(path.hasPrefix("/sys") ? "/sys/kernel" : folder.path) == true)
    }
    #expect(TemporaryFolder.names(in: folder.path) == ["file", "read-only"])
  }

  @Test(arguments: [false, true]) func statusIsReplacedAsAWhole(isDurable: Bool) async throws {
    let session = try await open()
    try await session.writeStatus(["state": "running"], isDurable: isDurable)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<50 {
        group.addTask { try await session.writeStatus(["state": .int(Int64(number))], isDurable: isDurable) }
        group.addTask { _ = try JSONValue(parsing: try TemporaryFolder.read(session.paths.status)) }
      }
      try await group.waitForAll()
    }
    try await session.writeResult(["answer": "42"])
    #expect(try JSONValue(parsing: try TemporaryFolder.read(session.paths.result)) == ["answer": "42"])
    #expect(TemporaryFolder.mode(session.paths.status) == 0o600)
    #expect(
      TemporaryFolder.names(in: session.path) == [
        "artifacts", "blobs", "calls", "lock", "result.json", "status.json", "workspace",
      ])
    session.close()
  }

  @Test func artifactsLieUnderTheirNames() async throws {
    let session = try await open()
    let path = try await session.writeArtifact(name: "Bericht für Ä.md", bytes: Array("one".utf8))
    #expect(path == "\(session.paths.artifacts)/Bericht für Ä.md")
    try await session.writeArtifact(name: "Bericht für Ä.md", bytes: Array("two".utf8))
    #expect(try TemporaryFolder.read(path) == Array("two".utf8))
    for name in ["", ".", "..", "a/b", "/etc/x", "../x", "a\nb", "a\u{0}b", String(repeating: "x", count: 256)] {
      let error = await sandboxError { try await session.writeArtifact(name: name, bytes: []) }
      #expect(error?.code == .invalidArgument, "\(name)")
    }
    #expect(TemporaryFolder.names(in: session.paths.artifacts).count == 1)
    session.close()
  }
}
