import SandboxCore
import SandboxTestKit
import Testing

@Suite("Server-sent events")
struct ServerSentEventTests {
  private static func parse(_ chunks: [[UInt8]], line: Int = 1 << 20) throws(SandboxError) -> [ServerSentEvent] {
    var parser = ServerSentEventParser(maximumLineBytes: line)
    var events: [ServerSentEvent] = []
    for chunk in chunks {
      parser.append(chunk)
      while let event = try parser.next() { events.append(event) }
    }
    return events
  }

  private static let stream =
    "\u{FEFF}: hello\r\ndata: first é\r\ndata:second\r\n\r\nevent: ping\nid: 7\ndata\n\n"
    + "retry: 250\rid\rdata:  two spaces\rdata: {\"a\": 1}\r\revent:lost\n\nid: 9\n\ndata: 😀\n\n: bye\ndata: cut"

  private static let expected = [
    ServerSentEvent(data: "first é\nsecond"), ServerSentEvent(name: "ping", data: "", id: "7"),
    ServerSentEvent(data: " two spaces\n{\"a\": 1}", id: ""), ServerSentEvent(data: "😀", id: "9"),
  ]

  @Test("the same events in every pair of pieces and byte by byte")
  func pieces() throws {
    let bytes = Array(Self.stream.utf8)
    #expect(try Self.parse([bytes]) == Self.expected)
    #expect(try Self.parse(bytes.map { [$0] }) == Self.expected)
    for split in 0...bytes.count {
      let events = try Self.parse([Array(bytes[..<split]), Array(bytes[split...])])
      #expect(events == Self.expected, "split at \(split)")
    }
    var random = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      var rest = bytes[...]
      var chunks: [[UInt8]] = []
      while !rest.isEmpty {
        let count = Int.random(in: 0...9, using: &random)
        chunks.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      #expect(try Self.parse(chunks) == Self.expected)
    }
  }

  @Test("id, retry and the state at the end")
  func state() throws {
    var parser = ServerSentEventParser()
    parser.append(Array("id: a\u{0}b\nid: 1\nretry: 10\nretry: 1x\nretry: -5\nretry:\ndata: x\n".utf8))
    #expect(try parser.next() == nil)
    #expect(parser.lastEventID == nil)
    #expect(parser.isInsideEvent)
    #expect(parser.retry == .milliseconds(10))
    parser.append(Array("\nretry: 99999999999999999999\n".utf8))
    #expect(try parser.next() == ServerSentEvent(data: "x", id: "1"))
    #expect(try parser.next() == nil)
    #expect(parser.lastEventID == "1")
    #expect(parser.retry == .seconds(86_400))
    #expect(!parser.isInsideEvent)
    parser.append(Array("id: 2\n\n".utf8))
    #expect(try parser.next() == nil)
    #expect(parser.lastEventID == "2")
  }

  @Test("bytes that are not UTF-8 are replaced")
  func notUTF8() throws {
    #expect(try Self.parse([Array("data: a".utf8) + [0xFF, 0xC3] + Array("\n\n".utf8)])[0].data == "a\u{FFFD}\u{FFFD}")
  }

  @Test("a line over the limit: the events before it are kept, then an error", arguments: [1, 7, 4096])
  func longLine(chunk: Int) throws {
    let bytes = Array("data: ok\n\ndata: \(String(repeating: "x", count: 100_000))".utf8)
    var parser = ServerSentEventParser(maximumLineBytes: 50_000)
    var events: [ServerSentEvent] = []
    let error = #expect(throws: SandboxError.self) {
      for start in stride(from: 0, to: bytes.count, by: chunk) {
        parser.append(Array(bytes[start..<min(start + chunk, bytes.count)]))
        while let event = try parser.next() { events.append(event) }
      }
    }
    #expect(error?.code == .outputLimit)
    #expect(events == [ServerSentEvent(data: "ok")])
  }

  @Test("an event over the limit, in lines that are short")
  func longEvent() {
    var parser = ServerSentEventParser(maximumLineBytes: 100, maximumEventBytes: 1000)
    let error = #expect(throws: SandboxError.self) {
      for _ in 0..<1000 {
        parser.append(Array("data: 0123456789\n".utf8))
        while try parser.next() != nil {}
      }
    }
    #expect(error?.code == .outputLimit)
  }

  @Test("comments may be as long and as many as they like")
  func comments() throws {
    let flood = Array(repeating: Array(":\n".utf8), count: 20_000) + [Array("data: x\n\n".utf8)]
    #expect(try Self.parse(flood) == [ServerSentEvent(data: "x")])
    let long = [Array(":".utf8)] + Array(repeating: [UInt8](repeating: 65, count: 4096), count: 100)
    #expect(try Self.parse(long + [Array("\ndata: y\n\n".utf8)], line: 10_000) == [ServerSentEvent(data: "y")])
  }
}
