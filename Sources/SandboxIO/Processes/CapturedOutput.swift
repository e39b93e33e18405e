/// What is kept of one output stream: its beginning, its end, and how much there was.
package struct CapturedOutput: Sendable, Hashable {
  package let head: [UInt8]
  package let tail: [UInt8]
  /// Bytes that were written, kept or not.
  package let totalBytes: Int
  /// All of it, as it was written, when there was more than the beginning and it was, and could be, kept.
  package let whole: OutputFile?

  package init(head: [UInt8], tail: [UInt8], totalBytes: Int, whole: OutputFile? = nil) {
    self.head = head
    self.tail = tail
    self.totalBytes = totalBytes
    self.whole = whole
  }

  /// Whether bytes between head and tail are missing.
  package var truncated: Bool { totalBytes > head.count + tail.count }

  /// The output as text. Invalid UTF-8 is replaced; when bytes are missing, a line says how many, and no character is
  /// cut in two beside it.
  package var text: String {
    guard truncated else { return String(decoding: head + tail, as: UTF8.self) }
    let head = head.prefix(Self.endOfWholeCharacters(head))
    let tail = tail.drop(while: Self.isContinuation, atMost: 3)
    let omitted = totalBytes - head.count - tail.count
    let separator = head.last.map { $0 == UInt8(ascii: "\n") } ?? true ? "" : "\n"
    return String(decoding: head, as: UTF8.self) + "\(separator)[… \(omitted) bytes omitted …]\n"
      + String(decoding: tail, as: UTF8.self)
  }

  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xc0 == 0x80 }

  /// Where the last complete character ends: a sequence that is cut off is left out, one that is invalid stays.
  private static func endOfWholeCharacters(_ bytes: [UInt8]) -> Int {
    for back in 1...4 where back <= bytes.count {
      let byte = bytes[bytes.count - back]
      if isContinuation(byte) { continue }
      let length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
      return length > back ? bytes.count - back : bytes.count
    }
    return bytes.count
  }
}

extension [UInt8] {
  fileprivate func drop(while predicate: (UInt8) -> Bool, atMost limit: Int) -> ArraySlice<UInt8> {
    let count = prefix(limit).prefix(while: predicate).count
    return dropFirst(count)
  }
}
