import Glibc
import SandboxCore
import Testing

@testable import SandboxIO

@Suite struct ProcessOutputTests {
  @Test func hugeOutputKeepsBeginningAndEnd() async throws {
    let result = try await ProcessRunner.run(
      shell("printf first; head -c 200000000 /dev/zero; printf last") {
        $0.outputLimits = OutputLimits(head: 1000, tail: 500, total: 1 << 30)
      })
    #expect(result.isSuccess)
    #expect(result.standardOutput.totalBytes == 200_000_009)
    #expect(result.standardOutput.head == Array("first".utf8) + [UInt8](repeating: 0, count: 995))
    #expect(result.standardOutput.tail == [UInt8](repeating: 0, count: 496) + Array("last".utf8))
    #expect(result.standardOutput.truncated)
  }

  @Test func theWholeOfALongStreamIsKept() async throws {
    try await withTemporaryFolder { folder in
      let result = try await ProcessRunner.run(
        shell("seq 1 100000; seq 1 10 >&2") {
          $0.outputLimits = OutputLimits(head: 1000, tail: 500, folder: folder)
        })
      let expected = Array((1...100_000).map { "\($0)\n" }.joined().utf8)
      let whole = try #require(result.standardOutput.whole)
      #expect(whole.complete == whole && whole.count == expected.count)
      #expect(try whole.read(at: 0, limit: .max) == expected)
      #expect(try whole.read(at: 500_000, limit: 10) == Array(expected[500_000..<500_010]))
      #expect(try whole.read(at: expected.count, limit: 10) == [])
      #expect(result.standardError.whole == nil, "it is short")
      #expect(try FolderListing(of: folder, limit: 10).entries.isEmpty, "the file has no name")
    }
  }

  /// What is not to be had is left out, and the program runs all the same.
  @Test func withoutTheFolderNothingIsKept() async throws {
    let result = try await ProcessRunner.run(
      shell("seq 1 1000") { $0.outputLimits = OutputLimits(head: 10, tail: 5, folder: "/no/such/folder") })
    #expect(result.isSuccess)
    #expect(result.standardOutput.whole == nil)
    #expect(result.standardOutput.totalBytes == 3893)
  }

  @Test func aFullDiskIsNoEnd() {
    let file = OutputFile(taking: open("/dev/full", O_RDWR | O_CLOEXEC))
    let bytes = [UInt8](repeating: 1, count: 100)
    bytes.withUnsafeBytes { file.append($0) }
    bytes.withUnsafeBytes { file.append($0) }
    #expect(file.complete == nil && file.count == 0)
  }

  @Test func tooMuchOutputEndsTheProgram() async throws {
    let result = try await ProcessRunner.run(shell("yes & yes >&2"))
    #expect(result.termination == .outputLimit)
    #expect(result.status == .signaled(SIGKILL))
    #expect(result.standardOutput.totalBytes + result.standardError.totalBytes > 64 << 20)
    #expect(result.standardOutput.head.count <= 128 << 10)
    #expect(result.standardOutput.tail.count <= 128 << 10)
  }

  @Test func textMarksWhatIsMissing() {
    func text(_ head: String, _ tail: String, _ total: Int) -> String {
      CapturedOutput(head: Array(head.utf8), tail: Array(tail.utf8), totalBytes: total).text
    }
    #expect(text("ab", "cd", 4) == "abcd")
    #expect(text("ab", "cd", 104) == "ab\n[… 100 bytes omitted …]\ncd")
    #expect(text("ab\n", "cd", 105) == "ab\n[… 100 bytes omitted …]\ncd")
    #expect(text("", "", 7) == "[… 7 bytes omitted …]\n")
  }

  @Test func textCutsNoCharacter() {
    for character in ["é", "…", "🎉"] {
      let bytes = Array(character.utf8)
      for cut in 1..<bytes.count {
        let output = CapturedOutput(
          head: Array("ab".utf8) + bytes[..<cut], tail: bytes[cut...] + Array("cd".utf8), totalBytes: 1000)
        #expect(output.text == "ab\n[… 996 bytes omitted …]\ncd")
        let whole = CapturedOutput(head: output.head, tail: output.tail, totalBytes: 4 + bytes.count)
        #expect(whole.text == "ab\(character)cd")
      }
    }
    let invalid = CapturedOutput(
      head: [0x61, 0xff, 0x80, 0x80, 0x80, 0x80], tail: [0x80, 0x80, 0x80, 0x80, 0x62], totalBytes: 99)
    #expect(invalid.text.hasPrefix("a\u{FFFD}"))
    #expect(invalid.text.hasSuffix("\u{FFFD}b"))
  }

  @Test(arguments: [(0, 0), (0, 7), (5, 0), (5, 7), (64, 64), (1, 1)])
  func keepsExactlyTheLimits(head: Int, tail: Int) async throws {
    for size in [0, 1, 5, 6, 11, 12, 13, 127, 128, 129, 5000] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
      let result = try await ProcessRunner.run(
        spec("/bin/cat") {
          $0.input = .bytes(bytes)
          $0.outputLimits = OutputLimits(head: head, tail: tail)
        })
      let output = result.standardOutput
      #expect(output.totalBytes == size)
      #expect(output.head == Array(bytes.prefix(head)))
      #expect(output.tail == Array(bytes.dropFirst(head).suffix(tail)))
      #expect(output.truncated == (size > head + tail))
    }
  }
}
