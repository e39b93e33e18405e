/// Bytes that are looked at from one place forward, and whether more of them had to be seen than there are.
struct TextProbe {
  let bytes: UnsafeBufferPointer<UInt8>
  /// Set when the answer can change once more bytes are there.
  private(set) var ranOut = false

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func byte(at position: Int) -> UInt8? {
    if position < bytes.count { return bytes[position] }
    ranOut = true
    return nil
  }

  mutating func has(_ text: StaticString, at position: Int) -> Bool {
    for offset in 0..<text.utf8CodeUnitCount {
      guard byte(at: position + offset) == text.utf8Start[offset] else { return false }
    }
    return true
  }

  /// The end of the run of such bytes, or nil when it has more than `limit`.
  mutating func end(of characters: ByteClass, from start: Int, limit: Int) -> Int? {
    var position = start
    while let byte = byte(at: position), characters.contains(byte) {
      position += 1
      if position - start > limit { return nil }
    }
    return position
  }

  /// Whether a word can begin here: not in the middle of another, but after an escaped character.
  func isStartOfWord(_ position: Int) -> Bool {
    guard position > 0, ByteClass.word.contains(bytes[position - 1]) else { return true }
    guard position > 1 else { return false }
    let (before, last) = (bytes[position - 2], bytes[position - 1])
    if before == UInt8(ascii: "\\") { return [UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t")].contains(last) }
    return position > 2 && bytes[position - 3] == UInt8(ascii: "%") && ByteClass.hexadecimal.contains(before)
      && ByteClass.hexadecimal.contains(last)
  }

  /// Bytes before a place that ``isStartOfWord(_:)`` looks at.
  static let lookBehind = 3
}
