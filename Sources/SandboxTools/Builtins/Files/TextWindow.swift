import SandboxCore

/// A part of a file as text: cut at the borders of characters and to what a model gets to read of one result, and
/// refused when it is no text.
struct TextWindow {
  let text: String
  /// Bytes before the first whole character.
  let skipped: Int
  /// Bytes that the text stands for.
  let length: Int
  /// How many bytes sequences were no UTF-8 and are shown as U+FFFD.
  let replacements: Int

  /// - Parameters:
  ///   - isWithin: there are bytes before these.
  ///   - reachesEnd: there are none after them.
  init(_ bytes: [UInt8], isWithin: Bool, reachesEnd: Bool, path: String) throws(SandboxError) {
    var window = bytes[...]
    if isWithin { window = window.dropFirst(window.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count) }
    skipped = bytes.count - window.count
    var reachesEnd = reachesEnd
    while case let size = Self.encodedSize(window), size > ResultBudget.maximumBytes {
      window = window.prefix(window.count * ResultBudget.maximumBytes / size)
      reachesEnd = false
    }
    if !reachesEnd { window = window.dropLast(Self.unfinished(window)) }
    length = window.count
    text = String(decoding: window, as: UTF8.self)
    let shown = text.unicodeScalars.count { $0 == "\u{FFFD}" }
    let own = shown == 0 ? 0 : Self.genuineReplacements(window)
    replacements = shown - own
    guard !Self.isBinary(window), replacements <= 16 + length / 50 else {
      throw SandboxError(
        .invalidArgument,
        "\(path.quoted) is a binary file, not text; describe_table reads SQLite files, others need a tool of their own"
      )
    }
  }

  /// Whether bytes are certainly no text: a NUL, or many control characters.
  static func isBinary(_ bytes: ArraySlice<UInt8>) -> Bool {
    var controls = 0
    for byte in bytes where byte < 0x20 {
      if byte == 0 { return true }
      if byte != 0x09, byte != 0x0A, byte != 0x0C, byte != 0x0D, byte != 0x1B { controls += 1 }
    }
    return controls > 8 + bytes.count / 50
  }

  /// How many bytes the text takes in a result, where quotes, line breaks and control characters are escaped.
  private static func encodedSize(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(bytes.count) { size, byte in
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\""), UInt8(ascii: "\\"): size + 1
      case ..<0x20: size + 5
      default: size
      }
    }
  }

  /// How many bytes at the end are the beginning of a character that goes on behind it.
  private static func unfinished(_ bytes: ArraySlice<UInt8>) -> Int {
    for (count, byte) in bytes.suffix(4).reversed().enumerated() where byte & 0xC0 != 0x80 {
      let needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return count + 1 < needed ? count + 1 : 0
    }
    return 0
  }

  /// U+FFFD that the file itself contains.
  private static func genuineReplacements(_ bytes: ArraySlice<UInt8>) -> Int {
    var count = 0
    var index = bytes.startIndex
    while index + 2 < bytes.endIndex {
      if bytes[index] == 0xEF, bytes[index + 1] == 0xBF, bytes[index + 2] == 0xBD {
        count += 1
        index += 3
      } else {
        index += 1
      }
    }
    return count
  }
}
