/// A name in ASCII with `*` for any run of characters and `?` for any one.
struct NamePattern: Sendable, Hashable {
  private let bytes: [UInt8]

  /// Nil when it is empty or has anything but printable ASCII.
  init?(_ text: String) {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
    bytes = Array(text.utf8)
  }

  /// Takes time in proportion to pattern times text at the worst.
  func matches(_ text: String, ignoringCase: Bool = false) -> Bool {
    var text = text
    return text.withUTF8 { matches($0, ignoringCase) }
  }

  private func matches(_ text: UnsafeBufferPointer<UInt8>, _ ignoringCase: Bool) -> Bool {
    var (place, index) = (0, 0)
    var star: (place: Int, index: Int)?
    while index < text.count {
      if place < bytes.count, bytes[place] == UInt8(ascii: "*") {
        star = (place, index)
        place += 1
      } else if place < bytes.count, isMatch(bytes[place], text[index], ignoringCase) {
        place += 1
        index += 1
      } else if let last = star {
        star = (last.place, last.index + 1)
        (place, index) = (last.place + 1, last.index + 1)
      } else {
        return false
      }
    }
    return bytes[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  private func isMatch(_ pattern: UInt8, _ byte: UInt8, _ ignoringCase: Bool) -> Bool {
    if pattern == UInt8(ascii: "?") || pattern == byte { return true }
    return ignoringCase && pattern ^ byte == 0x20 && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(pattern | 0x20)
  }
}
