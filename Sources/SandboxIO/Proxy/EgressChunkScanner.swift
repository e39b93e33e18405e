internal import NIOCore

/// Follows the chunked coding (RFC 9112, section 7.1) without keeping anything.
struct EgressChunkScanner: Sendable {
  private enum Place {
    /// Hexadecimal digits so far, and how many.
    case size(Int, digits: Int)
    case afterSize(Int)
    case endOfSize(Int)
    case data(Int)
    case endOfData
    case endOfDataLine
    case trailer(isEmpty: Bool)
    case endOfTrailer(isEmpty: Bool)
    case end
  }

  private var place = Place.size(0, digits: 0)

  var isComplete: Bool { if case .end = place { true } else { false } }

  /// - Returns: how many of the bytes belong to the body.
  /// - Throws: 400.
  mutating func scan(_ bytes: ByteBufferView) throws(EgressRefusal) -> Int {
    var index = bytes.startIndex
    while index < bytes.endIndex {
      switch place {
      case .end: return index - bytes.startIndex
      case .data(let left):
        let step = min(left, bytes.endIndex - index)
        index += step
        place = step == left ? .endOfData : .data(left - step)
      default:
        place = try next(bytes[index])
        index += 1
      }
    }
    return bytes.count
  }

  private func next(_ byte: UInt8) throws(EgressRefusal) -> Place {
    let (cr, lf) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
    switch place {
    case .size(let size, let digits):
      if let digit = Self.value(byte), digits < 15 { return .size(size << 4 | digit, digits: digits + 1) }
      if digits > 0, byte == cr { return .endOfSize(size) }
      if digits > 0, byte == UInt8(ascii: ";") || byte == 0x20 || byte == 0x09 { return .afterSize(size) }
    case .afterSize(let size):
      if byte == cr { return .endOfSize(size) }
      if byte != lf { return place }
    case .endOfSize(let size): if byte == lf { return size == 0 ? .trailer(isEmpty: true) : .data(size) }
    case .endOfData: if byte == cr { return .endOfDataLine }
    case .endOfDataLine: if byte == lf { return .size(0, digits: 0) }
    case .trailer(let isEmpty):
      if byte == cr { return .endOfTrailer(isEmpty: isEmpty) }
      if byte != lf { return .trailer(isEmpty: false) }
    case .endOfTrailer(let isEmpty): if byte == lf { return isEmpty ? .end : .trailer(isEmpty: true) }
    case .data, .end: break
    }
    throw .badRequest("the chunks of the body are malformed")
  }

  private static func value(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }
}
