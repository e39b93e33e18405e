internal import NIOCore

/// Finds the end of a body that is passed on as it comes.
struct EgressBody: Sendable {
  private enum Framing {
    case length(Int)
    case chunked(EgressChunkScanner)
    case untilEnd
  }

  private var framing: Framing

  static let none = EgressBody(framing: .length(0))
  static let chunked = EgressBody(framing: .chunked(EgressChunkScanner()))
  /// Ends with the connection.
  static let untilEnd = EgressBody(framing: .untilEnd)

  static func length(_ length: Int) -> EgressBody { EgressBody(framing: .length(length)) }

  /// The value of `Content-Length`.
  static func length(_ text: String) -> Int? {
    let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return isNumber && text.utf8.count < 19 ? Int(text) : nil
  }

  /// Whether all of it has been taken; never of a body that ends with the connection.
  var isComplete: Bool {
    switch framing {
    case .length(let length): length == 0
    case .chunked(let scanner): scanner.isComplete
    case .untilEnd: false
    }
  }

  /// Whether the connection may end here.
  var mayEnd: Bool { if case .untilEnd = framing { true } else { isComplete } }

  /// What of these bytes, which follow what was taken before, belongs to the body; the rest is left.
  ///
  /// - Throws: 400 when the chunks are malformed.
  mutating func take(_ bytes: inout ByteBuffer) throws(EgressRefusal) -> ByteBuffer {
    let count: Int
    switch framing {
    case .length(let length):
      count = min(length, bytes.readableBytes)
      framing = .length(length - count)
    case .chunked(var scanner):
      count = try scanner.scan(bytes.readableBytesView)
      framing = .chunked(scanner)
    case .untilEnd: count = bytes.readableBytes
    }
    return bytes.readSlice(length: count) ?? ByteBuffer()
  }
}
