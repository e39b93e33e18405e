import SandboxCore

/// The records of delimiter-separated text: RFC 4180, and what is common beyond it (other delimiters and line ends, a
/// byte order mark, comment lines, blank lines, which are skipped).
struct DelimitedText {
  struct Field {
    /// Without the quotes.
    var bytes: Range<Int>
    /// Whether doubled quotes stand for one.
    var hasDoubledQuotes = false
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let delimiter: UInt8
  private let hasComments: Bool
  private let name: String
  private let start: Int
  private var position: Int
  private(set) var fields: [Field] = []

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let tab = UInt8(ascii: "\t")

  /// `name` is what errors call the file. The bytes must stay valid as long as this is used.
  init(_ bytes: UnsafeBufferPointer<UInt8>, format: TableFormat, name: String) throws(SandboxError) {
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
      throw SandboxError(.invalidArgument, "\(name) is UTF-16 text; convert it to UTF-8")
    }
    self.bytes = bytes
    self.name = name
    start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    position = start
    hasComments = format == .tab
    delimiter = format == .csv ? Self.sniff(bytes[start...]) : Self.tab
  }

  /// Goes back to the first record.
  mutating func rewind() { position = start }

  /// Reads the next record into ``fields``; false at the end.
  mutating func next() throws(SandboxError) -> Bool {
    while position < bytes.count {
      if hasComments && bytes[position] == UInt8(ascii: "#") {
        position = endOfLine(position)
        skipLineEnd()
        continue
      }
      fields.removeAll(keepingCapacity: true)
      var isLast = false
      while !isLast {
        fields.append(try field())
        isLast = position >= bytes.count || bytes[position] != delimiter
        position += isLast ? 0 : 1
      }
      skipLineEnd()
      if fields.count > 1 || !fields[0].bytes.isEmpty { return true }
    }
    return false
  }

  /// Calls `body` with the field's value, in place where possible.
  func withValue<Value>(_ field: Field, _ body: (UnsafeBufferPointer<UInt8>) throws -> Value) rethrows -> Value {
    let raw = UnsafeBufferPointer(rebasing: bytes[field.bytes])
    guard field.hasDoubledQuotes else { return try body(raw) }
    var value: [UInt8] = []
    var isSecond = false
    for byte in raw {
      isSecond = byte == Self.quote && !isSecond
      if !isSecond { value.append(byte) }
    }
    return try value.withUnsafeBufferPointer(body)
  }

  func text(_ field: Field) -> String { withValue(field) { String(decoding: $0, as: UTF8.self) } }

  // MARK: - Reading

  private mutating func field() throws(SandboxError) -> Field {
    if position < bytes.count, bytes[position] == Self.quote, let quoted = try quotedField() { return quoted }
    let begin = position
    while position < bytes.count, bytes[position] != delimiter, !isLineEnd(bytes[position]) { position += 1 }
    return Field(bytes: begin..<position)
  }

  /// A field in quotes. Nil when, between tabs, the quote is only a character like others: no closing one follows.
  private mutating func quotedField() throws(SandboxError) -> Field? {
    var field = Field(bytes: position + 1..<position + 1)
    var end = position + 1
    while end < bytes.count {
      if bytes[end] == Self.quote {
        guard end + 1 < bytes.count, bytes[end + 1] == Self.quote else { break }
        field.hasDoubledQuotes = true
        end += 2
      } else if delimiter == Self.tab && isLineEnd(bytes[end]) {
        return nil
      } else {
        end += 1
      }
    }
    let closes = end < bytes.count
    let isFollowed = end + 1 >= bytes.count || bytes[end + 1] == delimiter || isLineEnd(bytes[end + 1])
    if !closes || !isFollowed {
      if delimiter == Self.tab { return nil }
      let problem = closes ? "something follows the closing quote" : "a quote is not closed"
      throw SandboxError(.invalidArgument, "\(name.forMessage), line \(line(of: position)): \(problem)")
    }
    field.bytes = position + 1..<end
    position = end + 1
    return field
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == Self.lineFeed || byte == Self.carriageReturn }

  private func endOfLine(_ from: Int) -> Int { bytes[from...].firstIndex(where: isLineEnd) ?? bytes.count }

  private mutating func skipLineEnd() {
    guard position < bytes.count else { return }
    let isPair =
      bytes[position] == Self.carriageReturn && position + 1 < bytes.count && bytes[position + 1] == Self.lineFeed
    position += isPair ? 2 : 1
  }

  private func line(of position: Int) -> Int { 1 + bytes[..<position].count { $0 == Self.lineFeed } }

  /// The delimiter of which the first line has most outside quotes.
  private static func sniff(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> UInt8 {
    let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), tab]
    var counts = [0, 0, 0]
    var isQuoted = false
    for byte in bytes {
      if byte == quote { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == lineFeed || byte == carriageReturn { break }
      if let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
    }
    let most = counts.max() ?? 0
    return candidates[counts.firstIndex(of: most) ?? 0]
  }
}
