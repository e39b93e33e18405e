import SandboxIO
import Testing

@Suite struct LineFramerTests {
  private func frames(_ chunks: [[UInt8]], limit: Int = 100) -> [LineFramer.Frame] {
    var framer = LineFramer(limit: limit)
    var frames: [LineFramer.Frame] = []
    for chunk in chunks { chunk.withUnsafeBytes { framer.append($0) { frames.append($0) } } }
    return frames
  }

  private func line(_ text: String) -> LineFramer.Frame { .line(Array(text.utf8)) }

  @Test func everyCutGivesTheSameLines() {
    let bytes = Array("one\ntwo\r\n\n\r\nthree \r x\n\u{e9}\nunfinished".utf8)
    let expected = [line("one"), line("two"), line("three \r x"), line("\u{e9}")]
    for first in 0...bytes.count {
      for second in first...bytes.count {
        let chunks = [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])]
        #expect(frames(chunks) == expected)
      }
    }
    #expect(frames(bytes.map { [$0] }) == expected)
  }

  @Test(arguments: [1, 2, 3, 7, 100])
  func aLineOfTheLimitPassesAndOneMoreDoesNot(chunk: Int) {
    let bytes = Array("0123456789\n0123456789\r\nx\n0123456789a\ny\n0123456789ab\r\nz\n".utf8)
    let chunks = stride(from: 0, to: bytes.count, by: chunk).map { Array(bytes[$0..<min($0 + chunk, bytes.count)]) }
    #expect(
      frames(chunks, limit: 10) == [
        line("0123456789"), line("0123456789"), line("x"), .tooLong, line("y"), .tooLong, line("z"),
      ])
  }

  @Test func anEndlessLineIsReportedOnceAndBeforeItsEnd() {
    let chunk = [UInt8](repeating: 0x61, count: 1000)
    #expect(frames(Array(repeating: chunk, count: 100)) == [.tooLong])
    #expect(frames(Array(repeating: chunk, count: 100) + [Array("\nb\n".utf8)]) == [.tooLong, line("b")])
  }
}
