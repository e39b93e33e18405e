import Glibc
import SandboxCore
import SandboxIO
import Testing

@Suite struct FileTests {
  @Test func atomicWriteReplacesAndLeavesNothingBehind() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/" + String(repeating: "f", count: 255)
      try AtomicFile.write(Array("one".utf8), to: path)
      try AtomicFile.write([UInt8](repeating: 7, count: 3_000_000), to: path, mode: 0o644)
      #expect(try BoundedFile.read(path, limit: 3_000_000) == [UInt8](repeating: 7, count: 3_000_000))
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o644)
      // A folder of that name cannot be replaced.
      mkdir(folder + "/taken", 0o700)
      #expect(throws: SandboxError.self) { try AtomicFile.write([1], to: folder + "/taken") }
      #expect(try FolderListing(of: folder).entries.map(\.name) == [String(repeating: "f", count: 255), "taken"])
      let missing = try #require(throws: SandboxError.self) { try AtomicFile.write([1], to: folder + "/none/x") }
      #expect(missing.code == .notFound)
      #expect(throws: SandboxError.self) { try AtomicFile.write([1], to: "x") }
      let full = try #require(throws: SandboxError.self) { try AtomicFile.write([1], to: "/proc/x") }
      #expect(full.code != .internalError)
    }
  }

  @Test func atomicWriteReplacesALinkItself() throws {
    try withTemporaryFolder { folder in
      try write("target", to: folder + "/target")
      symlink(folder + "/target", folder + "/link")
      try AtomicFile.write(Array("new".utf8), to: folder + "/link", durable: false)
      #expect(try BoundedFile.read(folder + "/target", limit: 10) == Array("target".utf8))
      #expect(try BoundedFile.read(folder + "/link", limit: 10) == Array("new".utf8))
    }
  }

  @Test func readingIsBounded() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/f"
      let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
      try write(bytes, to: path)
      #expect(try BoundedFile.read(path, limit: 100_000) == bytes)
      #expect(try BoundedFile.read(path, limit: .max) == bytes)
      let large = try #require(throws: SandboxError.self) { try BoundedFile.read(path, limit: 99_999, name: "my/f") }
      #expect(large.code == .limitExceeded)
      #expect(large.message.contains("my/f"))
      let window = try BoundedFile.read(path, offset: 99_990, length: 100)
      #expect(window.bytes == bytes.suffix(10) && window.fileSize == 100_000)
      #expect(try BoundedFile.read(path, offset: 5, length: 3).bytes == [5, 6, 7])
      #expect(try BoundedFile.read(path, offset: .max, length: .max).bytes == [])
      #expect(throws: SandboxError.self) { try BoundedFile.read(path, offset: -1, length: 1) }
      // Has no size, but contents.
      #expect(try BoundedFile.read("/proc/self/status", limit: 1 << 20).isEmpty == false)
    }
  }

  @Test func readingRefusesWhatIsNoRegularFile() throws {
    try withTemporaryFolder { folder in
      mkfifo(folder + "/fifo", 0o600)
      symlink("/etc/passwd", folder + "/link")
      for path in [folder + "/fifo", folder + "/link", folder, "/dev/zero", folder + "/a\0b"] {
        let error = try #require(throws: SandboxError.self) { try BoundedFile.read(path, limit: 1 << 20) }
        #expect(error.code == .invalidArgument, "\(path)")
      }
      let missing = try #require(throws: SandboxError.self) { try BoundedFile.read(folder + "/none", limit: 1) }
      #expect(missing.code == .notFound)
    }
  }

  @Test func listingIsSortedAndBounded() throws {
    try withTemporaryFolder { folder in
      for name in ["b", "a", "ü"] { try write(name, to: folder + "/" + name) }
      mkdir(folder + "/d", 0o700)
      symlink("nowhere", folder + "/l")
      mkfifo(folder + "/p", 0o600)
      let listing = try FolderListing(of: folder)
      #expect(listing.entries.map(\.name) == ["a", "b", "d", "l", "p", "ü"])
      #expect(listing.entries.map(\.kind) == [.file, .file, .folder, .link, .other, .file])
      #expect(listing.entries.map(\.size) == [1, 1, 0, 0, 0, 2])
      #expect(!listing.truncated)
      let part = try FolderListing(of: folder, limit: 4)
      #expect(part.entries.count == 4)
      #expect(part.truncated)
      #expect(try FolderListing(of: folder, limit: 6).truncated == false)
      #expect(throws: SandboxError.self) { try FolderListing(of: folder + "/a") }
    }
  }
}
