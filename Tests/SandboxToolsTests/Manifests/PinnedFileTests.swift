import Glibc
import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct PinnedFileTests {
  @Test func everyChangeIsSeen() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("program", "#!/bin/sh\necho 1\n", mode: 0o755)
    let pinned = try #require(PinnedFile(path))
    #expect(pinned.isUnchanged)
    // Of the same length, with the time of the last change put back.
    var before = stat()
    #expect(stat(path, &before) == 0)
    try folder.write("program", "#!/bin/sh\necho 2\n", mode: 0o755)
    var times = [before.st_atim, before.st_mtim]
    #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
    #expect(!pinned.isUnchanged)

    let again = try #require(PinnedFile(path))
    let other = try folder.write("other", "#!/bin/sh\necho 2\n", mode: 0o755)
    #expect(rename(other, path) == 0)
    #expect(!again.isUnchanged)
    let gone = try #require(PinnedFile(path))
    unlink(path)
    #expect(!gone.isUnchanged)
    mkdir(path, 0o755)
    #expect(!gone.isUnchanged)
    #expect(PinnedFile(path) == nil)
    #expect(PinnedFile("/no/such/file") == nil)
  }

  @Test func aLinkIsFollowedEachTime() throws {
    let folder = try TemporaryFolder()
    let one = try folder.write("one", "1")
    let two = try folder.write("two", "1")
    let link = "\(folder.path)/link"
    #expect(symlink(one, link) == 0)
    let pinned = try #require(PinnedFile(link))
    #expect(pinned.isUnchanged)
    unlink(link)
    #expect(symlink(two, link) == 0)
    #expect(!pinned.isUnchanged)
  }

  // MARK: - Which files are pinned

  private func pinned(_ argv: [String], _ folder: TemporaryFolder) throws -> [String] {
    let catalog = try Manifests.load(
      Manifests.manifest(
        Manifests.command(
          .array(argv.map { .string($0.replacing("FOLDER", with: folder.path)) }),
          [
            "schema": [
              "description": "x", "parameters": ["type": "object", "properties": ["path": ["type": "string"]]],
            ]
          ])))
    guard case .command(let spec) = try #require(catalog.manifests.first, "\(catalog.problems)").kind else { return [] }
    return spec.pinned.map { $0.path.replacing(folder.path, with: "FOLDER") }
  }

  @Test(
    arguments: [
      (["/bin/cat", "FOLDER/data"], ["/bin/cat"]), (["/bin/sh", "FOLDER/script"], ["/bin/sh", "FOLDER/script"]),
      (["/bin/sh", "-eu", "FOLDER/script", "FOLDER/data"], ["/bin/sh", "FOLDER/script"]),
      (["/usr/bin/env", "A=b", "/bin/sh", "FOLDER/script"], ["/usr/bin/env", "/bin/sh", "FOLDER/script"]),
      (["/usr/bin/timeout", "5", "/bin/cat", "FOLDER/data"], ["/usr/bin/timeout", "/bin/cat"]),
      (["/bin/sh", "{path}"], ["/bin/sh"]), (["/usr/bin/perl", "-ne", "print", "FOLDER/data"], ["/usr/bin/perl"]),
      (["/usr/bin/perl", "-w", "FOLDER/script", "{path}"], ["/usr/bin/perl", "FOLDER/script"]),
    ])
  func programAndScript(_ argv: [String], _ expected: [String]) throws {
    let folder = try TemporaryFolder()
    try folder.write("script", "echo", mode: 0o644)
    try folder.write("data", "x", mode: 0o666)
    #expect(try pinned(argv, folder) == expected)
  }

  @Test func aScriptThatEverybodyMayChange() throws {
    let folder = try TemporaryFolder()
    let script = try folder.write("script", "echo", mode: 0o646)
    let catalog = try Manifests.load(Manifests.manifest(Manifests.command(["/bin/sh", .string(script)])))
    #expect(catalog.problems.map(\.pointer) == ["/command/argv/1"])
    #expect(catalog.problems[0].reason.contains("can be changed by everybody"))
  }
}
