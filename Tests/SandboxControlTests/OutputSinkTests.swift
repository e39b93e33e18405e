import Glibc
import SandboxControl
import SandboxCore
import Testing

@Suite("Standard output never holds the session up")
struct OutputSinkTests {
  /// A pipe with its read end in our hands.
  private static func pipeEnds() -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    pipe(&ends)
    return (ends[0], ends[1])
  }

  @Test func writesEverythingInOrder() async throws {
    let ends = Self.pipeEnds()
    let sink = OutputSink(descriptor: ends.write)
    for number in 0..<200 { sink.write("line \(number)\n") }
    await sink.finish(within: .seconds(60))
    close(ends.write)
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while case let count = read(ends.read, &chunk, chunk.count), count > 0 { text += chunk[..<count] }
    close(ends.read)
    #expect(String(decoding: text, as: UTF8.self) == (0..<200).map { "line \($0)\n" }.joined())
    #expect(sink.dropped == 0)
  }

  @Test func dropsProgressFirstWhenNobodyReads() async throws {
    let ends = Self.pipeEnds()
    let sink = OutputSink(descriptor: ends.write, capacity: 10_000)
    let line = String(repeating: "x", count: 999) + "\n"
    // The pipe itself takes 64 KiB; what comes after that has to wait in the queue.
    for _ in 0..<200 { sink.write(line, mayBeLost: true) }
    sink.write("important\n")
    #expect(sink.dropped > 0)
    let before = sink.dropped
    await sink.finish(within: .milliseconds(50))
    #expect(sink.dropped == before, "the important line is still queued")
    close(ends.read)
    close(ends.write)
  }

  @Test func aClosedReaderTurnsItOff() async throws {
    signal(SIGPIPE, SIG_IGN)
    let ends = Self.pipeEnds()
    close(ends.read)
    let sink = OutputSink(descriptor: ends.write)
    sink.write("nobody reads this\n")
    let deadline = Deadline(after: .seconds(60), time: .system)
    while sink.dropped == 0, !deadline.hasPassed { try await Task.sleep(for: .milliseconds(1)) }
    #expect(sink.dropped == 1)
    sink.write("nor this\n")
    #expect(sink.dropped == 2)
    await sink.finish(within: .seconds(60))
    close(ends.write)
  }
}
