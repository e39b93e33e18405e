import NIOCore
import Testing

@testable import SandboxIO

@Suite("Bodies that pass through the proxy")
struct EgressBodyTests {
  private static let chunked = "5;name=\"v\"\r\nhello\r\nA\r\n0123456789\r\n00\r\nTrailer: x\r\n\r\n"

  @Test("the end of a chunked body is found, however it is cut into pieces", arguments: [1, 2, 3, 7, 1000])
  func pieces(size: Int) throws {
    let all = Array(Self.chunked.utf8) + Array("GET / HTTP/1.1\r\n".utf8)
    var body = EgressBody.chunked
    var taken: [UInt8] = []
    for start in stride(from: 0, to: all.count, by: size) {
      var piece = ByteBuffer(bytes: all[start..<min(start + size, all.count)])
      taken += try body.take(&piece).readableBytesView
    }
    #expect(body.isComplete)
    #expect(String(decoding: taken, as: UTF8.self) == Self.chunked)
  }

  @Test(
    "malformed chunks",
    arguments: [
      "\r\n", "g\r\n", "-1\r\n", "5\nhello", "5\r\nhellox", "5\r\nhello\n", "1000000000000000\r\n", "0\r\n\n",
      "0\r\r\n",
      " 5\r\nhello\r\n",
    ])
  func malformed(text: String) {
    var body = EgressBody.chunked
    var bytes = ByteBuffer(string: text)
    #expect(throws: EgressRefusal.self) { try body.take(&bytes) }
  }

  @Test("a length is taken exactly")
  func length() throws {
    var body = EgressBody.length(5)
    var bytes = ByteBuffer(string: "helloGET")
    #expect(try body.take(&bytes) == ByteBuffer(string: "hello"))
    #expect(body.isComplete && bytes == ByteBuffer(string: "GET"))
    #expect(EgressBody.length("12") == 12)
    for text in ["", "-1", "+1", "0x1", "1 2", "99999999999999999999", "١"] {
      #expect(EgressBody.length(text) == nil, "\(text)")
    }
  }
}
