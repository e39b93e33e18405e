import SandboxTestKit
import Glibc
import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct BuiltinFileTests {
  // MARK: list_files

  @Test func listsInOrderWithSizes() async throws {
    try await BuiltinFixture.with { session in
      try session.write("12345", to: "b.txt")
      try session.write("", to: "a/inner.csv")
      try session.write("x", to: "c.csv")
      let flat = try await session.call("list_files")
      #expect(
        flat == [
          "path": ".",
          "entries": [
            ["path": "a", "type": "folder", "bytes": 0], ["path": "b.txt", "type": "file", "bytes": 5],
            ["path": "c.csv", "type": "file", "bytes": 1],
          ], "truncated": false,
        ])
      let tables = try await session.call("list_files", ["pattern": "**/*.csv"])
      #expect(tables["entries"]?.arrayValue?.map { $0["path"] } == ["a/inner.csv", "c.csv"])
      let named = try await session.call("list_files", ["pattern": "inner*", "recursive": true])
      #expect(named["entries"]?.arrayValue?.map { $0["path"] } == ["a/inner.csv"])
      let below = try await session.call("list_files", ["path": "./a/"])
      #expect(below["entries"]?.arrayValue?.map { $0["path"] } == ["a/inner.csv"])
    }
  }

  @Test func listsAtMostTheLimit() async throws {
    try await BuiltinFixture.with { session in
      for index in 0..<30 { try session.write("", to: "file\(index)") }
      let some = try await session.call("list_files", ["limit": 7])
      #expect(some["entries"]?.arrayValue?.count == 7)
      #expect(some["truncated"] == true)
      let all = try await session.call("list_files", ["limit": 30])
      #expect(all["entries"]?.arrayValue?.count == 30)
      #expect(all["truncated"] == false)
      #expect(try await session.failure("list_files", ["limit": 1_001]).code == .invalidArgument)
      #expect(try await session.failure("list_files", ["limit": .decimal("1e400")]).code == .invalidArgument)
    }
  }

  @Test func endsALongListWithAWholeEntry() async throws {
    try await BuiltinFixture.with { session in
      let name = String(repeating: "n", count: 200)
      for index in 0..<300 { try session.write("", to: name + String(index)) }
      let output = try await session.output("list_files", ["limit": 1_000])
      #expect(output.text.utf8.count <= ToolText.maximumBytes)
      let list = try JSONValue(parsing: output.text)
      #expect(list["truncated"] == true)
      #expect(try #require(list["entries"]?.arrayValue).count > 100)
    }
  }

  @Test func followsInputsButNoOtherLinks() async throws {
    let prepare: (String) throws -> Void = { folder in
      mkdir(folder + "/data", 0o700)
      mkdir(folder + "/secret", 0o700)
      for file in ["data/in.txt", "secret/key.txt"] {
        let number = open("\(folder)/\(file)", O_WRONLY | O_CREAT, 0o600)
        #expect(Glibc.write(number, "needle", 6) == 6)
        close(number)
      }
    }
    try await BuiltinFixture.with(inputs: ["input": "data"], prepare: prepare) { session in
      #expect(symlink(session.folder + "/secret", session.path("out")) == 0)
      #expect(symlink(".", session.path("loop")) == 0)
      let list = try await session.call("list_files", ["recursive": true])
      #expect(
        list["entries"]?.arrayValue?.map { "\($0["path"]?.stringValue ?? "") \($0["type"]?.stringValue ?? "")" } == [
          "input folder", "input/in.txt file", "loop link", "out link",
        ])
      let found = try await session.call("search_text", ["pattern": "needle"])
      #expect(found["matches"]?.arrayValue?.map { $0["path"] } == ["input/in.txt"])
      #expect(try await session.call("read_file", ["path": "input/in.txt"])["text"] == "needle")
      #expect(try await session.failure("read_file", ["path": "out/key.txt"]).code == .denied)
      #expect(try await session.failure("list_files", ["path": "out"]).code == .denied)
      #expect(try await session.failure("write_file", ["path": "input/new.txt", "content": ""]).code == .denied)
      #expect(try await session.failure("write_file", ["path": "out/new.txt", "content": ""]).code == .denied)
      #expect(access(session.folder + "/secret/new.txt", F_OK) != 0)
    }
  }

  // MARK: paths

  @Test(arguments: ["../x", "a/../../x", "/etc/passwd", "..", "a\0b", "", String(repeating: "x", count: 300)])
  func refusesPathsThatLeadOut(_ path: String) async throws {
    try await BuiltinFixture.with { session in
      for tool in ["read_file", "write_file", "append_file", "list_files", "search_text", "describe_table"] {
        let error = try await session.failure(tool, ["path": .string(path), "content": "x", "pattern": "x"])
        #expect([.denied, .invalidArgument].contains(error.code), "\(tool): \(error)")
        #expect(!error.message.contains(session.folder), "\(tool): \(error)")
      }
    }
  }

  // MARK: read_file

  @Test func readsAWindowAtTheBordersOfCharacters() async throws {
    try await BuiltinFixture.with { session in
      let text = "aé€😀z"
      try session.write(text, to: "t.txt")
      let total = text.utf8.count
      for length in 4...total {
        var (offset, read) = (0, "")
        while true {
          let part = try await session.call(
            "read_file", ["path": "t.txt", "offset": .int(Int64(offset)), "maxBytes": .int(Int64(length))])
          read += try #require(part["text"]?.stringValue)
          #expect(part["bytes"] == .int(Int64(total)))
          guard part["truncated"] == true else { break }
          offset = try #require(part["nextOffset"]?.intValue)
        }
        #expect(read == text, "in steps of \(length)")
      }
      let middle = try await session.call("read_file", ["path": "t.txt", "offset": 2])
      #expect(middle["text"] == "€😀z")
      #expect(middle["offset"] == 3)
      let behind = try await session.call("read_file", ["path": "t.txt", "offset": .int(.max)])
      #expect(behind["text"] == "")
      #expect(behind["truncated"] == false)
    }
  }

  @Test func readsAllOfAnEmptyFileAndPartOfAHugeOne() async throws {
    try await BuiltinFixture.with { session in
      try session.write("", to: "empty")
      #expect(
        try await session.call("read_file", ["path": "empty"])
          == ["path": "empty", "bytes": 0, "text": "", "truncated": false])
      try session.write(String(repeating: "\"line\"\n", count: 1 << 20), to: "huge")
      let output = try await session.output("read_file", ["path": "huge", "maxBytes": 32768])
      #expect(output.text.utf8.count <= ToolText.maximumBytes)
      let part = try JSONValue(parsing: output.text)
      #expect(part["truncated"] == true)
      #expect(part["nextOffset"]?.intValue == part["text"]?.stringValue?.utf8.count)
    }
  }

  @Test func refusesBinaryFilesAndFolders() async throws {
    try await BuiltinFixture.with { session in
      try session.write([0x89, 0x50, 0x4E, 0x47, 0, 1, 2], to: "image.png")
      try session.write((0..<2_000).map { UInt8(($0 * 7) % 128 + 128) }, to: "noise")
      try session.write([0x63, 0x61, 0x66, 0xE9], to: "latin.txt")
      try session.write("", to: "folder/x")
      for name in ["image.png", "noise"] {
        let error = try await session.failure("read_file", ["path": .string(name)])
        #expect(error.code == .invalidArgument)
        #expect(error.message.contains("\"\(name)\" is a binary file"))
      }
      let latin = try await session.call("read_file", ["path": "latin.txt"])
      #expect(latin["text"] == "caf\u{FFFD}")
      #expect(latin["invalidBytes"] == 1)
      #expect(try await session.failure("read_file", ["path": "folder"]).message.contains("list_files"))
      #expect(try await session.failure("read_file", ["path": "none.txt"]).code == .notFound)
    }
  }

  // MARK: write_file, append_file

  @Test func writesAndTellsWhatChanged() async throws {
    try await BuiltinFixture.with { session in
      let first = try await session.output("write_file", ["path": "a/b/c.txt", "content": "one"])
      #expect(first.announcements == [Announcement("file_change", ["path": "a/b/c.txt", "action": "created"])])
      let second = try await session.output("write_file", ["path": "a/b/c.txt", "content": "three"])
      #expect(second.announcements == [Announcement("file_change", ["path": "a/b/c.txt", "action": "modified"])])
      #expect(try JSONValue(parsing: second.text) == ["path": "a/b/c.txt", "bytes": 5])
      #expect(try session.read("a/b/c.txt") == "three")
      let third = try await session.call("append_file", ["path": "a/b/c.txt", "content": " é"])
      #expect(third["bytes"] == 8)
      #expect(try session.read("a/b/c.txt") == "three é")
      let made = try await session.output("append_file", ["path": "new/log", "content": "x"])
      #expect(made.announcements.first?.data["action"] == "created")
      #expect(try session.read("new/log") == "x")
    }
  }

  @Test func writesOnlyFiles() async throws {
    try await BuiltinFixture.with { session in
      try session.write("", to: "folder/x")
      try session.write("", to: "file")
      for path in ["folder", "folder/", "new/", ".", "file/below"] {
        for tool in ["write_file", "append_file"] {
          #expect(try await session.failure(tool, ["path": .string(path), "content": "x"]).code == .invalidArgument)
        }
      }
      #expect(
        try await session.failure("write_file", ["path": "x", "content": "y", "append": true]).message.contains(
          "append_file"))
      #expect(access(session.path("new"), F_OK) != 0)
    }
  }

  @Test func concurrentAppendsLoseNothing() async throws {
    try await BuiltinFixture.with { session in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<50 {
          group.addTask { _ = try await session.output("append_file", ["path": "log", "content": "line \(index)\n"]) }
        }
        try await group.waitForAll()
      }
      let lines = try session.read("log").split(separator: "\n").map(String.init)
      #expect(Set(lines) == Set((0..<50).map { "line \($0)" }))
      #expect(lines.count == 50)
    }
  }

  // MARK: search_text

  @Test func findsLines() async throws {
    try await BuiltinFixture.with { session in
      try session.write("Alpha\r\nbeta ALPHA alpha\n\ngamma\nalphabet", to: "a.txt")
      try session.write("ÄPFEL und Äpfel\n", to: "b/c.md")
      try session.write([0x61, 0x6C, 0x70, 0x68, 0x61, 0], to: "binary")
      let any = try await session.call("search_text", ["pattern": "alpha"])
      #expect(
        any["matches"] == [
          ["path": "a.txt", "line": 1, "text": "Alpha"], ["path": "a.txt", "line": 2, "text": "beta ALPHA alpha"],
          ["path": "a.txt", "line": 5, "text": "alphabet"],
        ])
      #expect(any["filesSearched"] == 2)
      #expect(any["filesSkipped"] == 1)
      #expect(any["truncated"] == false)
      let exact = try await session.call("search_text", ["pattern": "ALPHA", "caseSensitive": true])
      #expect(exact["matches"]?.arrayValue?.map { $0["line"] } == [2])
      let folded = try await session.call("search_text", ["pattern": "äpfel U", "glob": "*.md"])
      #expect(folded["matches"] == [["path": "b/c.md", "line": 1, "text": "ÄPFEL und Äpfel"]])
      let one = try await session.call("search_text", ["pattern": "a", "path": "a.txt", "limit": 2])
      #expect(one["matches"]?.arrayValue?.count == 2)
      #expect(one["truncated"] == true)
      let none = try await session.call("search_text", ["pattern": "zeta"])
      #expect(none["matches"] == [])
      #expect(try await session.failure("search_text", ["pattern": ""]).code == .invalidArgument)
      #expect(try await session.failure("search_text", ["pattern": "x", "regex": true]).code == .unsupported)
    }
  }

  /// Against a plain search line by line, on random text.
  @Test func findsWhatAPlainSearchFinds() async throws {
    var random = SeededGenerator(seed: 11)
    try await BuiltinFixture.with { session in
      for round in 0..<40 {
        let text = String((0..<random.next(400)).map { _ in "abAB\n ".randomElement(using: &random) ?? "a" })
        let pattern = String((0...random.next(3)).map { _ in "abAB ".randomElement(using: &random) ?? "a" })
        let isExact = round % 2 == 0
        try session.write(text, to: "t")
        let result = try await session.call(
          "search_text", ["pattern": .string(pattern), "caseSensitive": .bool(isExact), "limit": 500])
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let expected = lines.indices.filter {
          isExact ? lines[$0].contains(pattern) : lines[$0].lowercased().contains(pattern.lowercased())
        }
        #expect(
          result["matches"]?.arrayValue?.map { $0["line"]?.intValue } == expected.map { $0 + 1 },
          "\(pattern) in \(text)")
      }
    }
  }

  @Test func shortensLongLinesAroundTheMatch() async throws {
    try await BuiltinFixture.with { session in
      let filler = String(repeating: "é", count: 5_000)
      try session.write(filler + "needle" + filler, to: "long")
      let found = try await session.call("search_text", ["pattern": "needle"])
      let text = try #require(found["matches"]?[0]?["text"]?.stringValue)
      #expect(text.contains("needle"))
      #expect(text.hasPrefix("…é") && text.hasSuffix("é…"))
      #expect(text.utf8.count < 320)
    }
  }

  @Test func searchingStopsWhenCancelled() async throws {
    try await BuiltinFixture.with { session in
      for index in 0..<4 { try session.write(String(repeating: "ä b\n", count: 800_000), to: "f\(index)") }
      await withTaskGroup(of: SandboxError.Code?.self) { group in
        group.addTask {
          do {
            _ = try await session.output("search_text", ["pattern": "ö"])
            return nil
          } catch {
            return (error as? SandboxError)?.code
          }
        }
        group.cancelAll()
        for await code in group { #expect(code == .cancelled) }
      }
    }
  }
}
