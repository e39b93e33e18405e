import Glibc
import SandboxCore
import SandboxIO
import Testing

@Suite struct WorkspaceTests {
  /// A workspace with files, an input, and links of all kinds.
  private func withWorkspace(_ body: (Workspace, String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      mkdir(folder + "/data", 0o700)
      mkdir(folder + "/data/sub", 0o700)
      try write("1", to: folder + "/data/sub/in.txt")
      try write("secret", to: folder + "/outside.txt")
      let workspace = try Workspace.prepare(root: folder + "/a/ws", inputs: ["data": folder + "/data"])
      mkdir(workspace.root + "/sub", 0o700)
      try write("x", to: workspace.root + "/sub/x.txt")
      symlink("sub/x.txt", workspace.root + "/inner")
      symlink(folder + "/outside.txt", workspace.root + "/outer")
      symlink(folder, workspace.root + "/up")
      symlink(folder + "/new.txt", workspace.root + "/dangling")
      symlink("loop", workspace.root + "/loop")
      mkfifo(workspace.root + "/fifo", 0o600)
      symlink("/dev/zero", workspace.root + "/zero")
      try body(workspace, folder)
    }
  }

  private func code(_ workspace: Workspace, _ path: String, _ access: Workspace.Access) -> SandboxError.Code? {
    do throws(SandboxError) {
      _ = try workspace.resolve(path, for: access)
      return nil
    } catch { return error.code }
  }

  @Test func resolvesWhatIsInside() throws {
    try withWorkspace { (workspace, folder) throws in
      let root = workspace.root
      #expect(root == folder + "/a/ws")
      for (path, expected) in [
        (".", root), ("sub", root + "/sub"), ("./sub//x.txt", root + "/sub/x.txt"),
        ("sub/../sub/x.txt", root + "/sub/x.txt"),
        ("inner", root + "/sub/x.txt"), ("data", folder + "/data"), ("data/sub/in.txt", folder + "/data/sub/in.txt"),
      ] { #expect(try workspace.resolve(path, for: .read) == expected) }
      for (path, expected) in [
        ("new.txt", root + "/new.txt"), ("sub/x.txt", root + "/sub/x.txt"), ("a/b/c", root + "/a/b/c"),
        ("inner", root + "/sub/x.txt"),
        (String(repeating: "n", count: 255), root + "/" + String(repeating: "n", count: 255)),
      ] { #expect(try workspace.resolve(path, for: .write) == expected) }
    }
  }

  @Test func refusesWhatLeadsOutside() throws {
    try withWorkspace { (workspace, folder) throws in
      for path in [
        "..", "../outside.txt", "sub/../../x", "outer", "up/outside.txt", "up", "data/../../x",
        "up/a/ws/../../outside.txt",
      ] {
        for access in [Workspace.Access.read, .write] {
          #expect(code(workspace, path, access) == .denied, "\(path) \(access)")
        }
      }
      // Leads out and back in again.
      #expect(try workspace.resolve("up/a/ws/sub/x.txt", for: .read) == workspace.root + "/sub/x.txt")
      for path in ["dangling", "dangling/x", "up/new", "data", "data/new.txt", "data/sub/in.txt"] {
        #expect(code(workspace, path, .write) == .denied, "\(path)")
      }
      #expect(code(workspace, "dangling", .read) == .denied)
    }
  }

  @Test func refusesMalformedPathsAndOddFiles() throws {
    try withWorkspace { (workspace, folder) throws in
      for path in [
        "", "/etc/passwd", workspace.root + "/sub", "a\0b", String(repeating: "n", count: 256),
        String(repeating: "d/", count: 2500), "loop", "fifo", "sub/x.txt/y",
      ] {
        for access in [Workspace.Access.read, .write] {
          #expect(code(workspace, path, access) == .invalidArgument, "\(path.prefix(40)) \(access)")
        }
      }
      #expect(code(workspace, "zero", .read) == .denied)
      #expect(code(workspace, "none", .read) == .notFound)
      #expect(code(workspace, "none/none", .read) == .notFound)
      let error = try #require(throws: SandboxError.self) { try workspace.resolve("no/such\nfile", for: .read) }
      #expect(error.message == "cannot read no/such\u{FFFD}file: No such file or directory")
    }
  }

  @Test func preparingAgainKeepsLinksAndRefusesOthers() throws {
    try withWorkspace { (workspace, folder) throws in
      func prepare(_ inputs: [String: String]) throws -> Workspace {
        try Workspace.prepare(root: workspace.root, inputs: inputs)
      }
      #expect(try prepare(["data": folder + "/data"]).inputs == workspace.inputs)
      #expect(throws: SandboxError.self) { try prepare(["data": folder + "/outside.txt"]) }
      #expect(throws: SandboxError.self) { try prepare(["sub": folder + "/data"]) }
      #expect(throws: SandboxError.self) { try prepare(["own": workspace.root + "/sub"]) }
      #expect(throws: SandboxError.self) { try prepare(["none": folder + "/none"]) }
      #expect(throws: SandboxError.self) { try prepare(["rel": "data"]) }
      for name in ["", ".", "..", "a/b", "a\0"] { #expect(throws: SandboxError.self) { try prepare([name: folder]) } }
      // A single file may be an input as well.
      let file = try prepare(["one.txt": folder + "/outside.txt"])
      #expect(try file.resolve("one.txt", for: .read) == folder + "/outside.txt")
    }
  }
}
