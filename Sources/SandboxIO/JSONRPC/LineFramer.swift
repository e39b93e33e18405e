internal import Glibc

/// Cuts a stream of bytes into lines, in memory that is bounded by the longest line allowed.
///
/// A line ends with LF; a CR before it is left out, as are empty lines. What follows the last LF is no line: a writer
/// that died in the middle of one has not said it.
package struct LineFramer {
  package enum Frame: Sendable, Hashable {
    /// Without its end.
    case line([UInt8])
    /// A line passed the limit. Reported once, as soon as that is known; the rest of the line is skipped.
    case tooLong
  }

  private let limit: Int
  private var partial: [UInt8] = []
  private var isSkipping = false

  /// - Parameter limit: the most bytes of a line, without its end.
  package init(limit: Int) { self.limit = max(1, limit) }

  package mutating func append(_ bytes: UnsafeRawBufferPointer, _ body: (Frame) -> Void) {
    var rest = bytes[...]
    while let base = rest.baseAddress(in: bytes), let end = memchr(base, 0x0a, rest.count) {
      let line = rest.prefix(UnsafeRawPointer(end) - base)
      rest = rest.dropFirst(line.count + 1)
      if isSkipping {
        isSkipping = false
      } else {
        finish(line, body)
      }
    }
    keep(rest, body)
  }

  private mutating func finish(_ line: Slice<UnsafeRawBufferPointer>, _ body: (Frame) -> Void) {
    var bytes = partial
    partial = []
    guard bytes.count + line.count <= limit + 1 else { return body(.tooLong) }
    bytes.append(contentsOf: line)
    if bytes.last == 0x0d { bytes.removeLast() }
    guard bytes.count <= limit else { return body(.tooLong) }
    if !bytes.isEmpty { body(.line(bytes)) }
  }

  private mutating func keep(_ rest: Slice<UnsafeRawBufferPointer>, _ body: (Frame) -> Void) {
    guard !isSkipping else { return }
    // One more than the limit, which may be the CR.
    if partial.count + rest.count > limit + 1 {
      partial = []
      isSkipping = true
      body(.tooLong)
    } else {
      partial.append(contentsOf: rest)
    }
  }
}

extension Slice<UnsafeRawBufferPointer> {
  fileprivate func baseAddress(in buffer: UnsafeRawBufferPointer) -> UnsafeRawPointer? {
    isEmpty ? nil : buffer.baseAddress.map { $0 + startIndex }
  }
}
