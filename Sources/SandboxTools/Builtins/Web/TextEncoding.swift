import SandboxCore

/// The character encoding of a fetched text.
enum TextEncoding: String {
  case utf8 = "utf-8"
  case windows1252 = "windows-1252"
  case utf16LittleEndian = "utf-16le"
  case utf16BigEndian = "utf-16be"

  /// How far into a document its own word about its encoding may stand (WHATWG HTML, section 13.2.3.2).
  private static let declarationBytes = 1024

  /// The text of a body: by its byte order mark, else by what the header says, else by what the document says, else as
  /// UTF-8. Invalid sequences are replaced.
  ///
  /// - Parameter declared: the `charset` of the `Content-Type` header.
  /// - Throws: `.unsupported` for an encoding that is not known here.
  static func text(of body: [UInt8], declared: String?) throws(SandboxError) -> String {
    for (mark, encoding) in marks where body.starts(with: mark) {
      return encoding.decode(body[mark.count...])
    }
    guard let label = declared ?? labelInDocument(body) else { return utf8.decode(body[...]) }
    guard let encoding = TextEncoding(label: label) else {
      throw SandboxError(
        .unsupported,
        "the text is encoded as \(label.quoted), which cannot be read here; known are utf-8, "
          + "iso-8859-1, windows-1252 and utf-16")
    }
    return encoding.decode(body[...])
  }

  private static let marks: [([UInt8], TextEncoding)] = [
    ([0xef, 0xbb, 0xbf], .utf8), ([0xff, 0xfe], .utf16LittleEndian), ([0xfe, 0xff], .utf16BigEndian),
  ]

  init?(label: String) {
    switch label.lowercased() {
    case "utf-8", "utf8", "unicode-1-1-utf-8": self = .utf8
    case "iso-8859-1", "iso8859-1", "latin1", "l1", "ascii", "us-ascii", "windows-1252", "cp1252", "x-cp1252":
      self = .windows1252
    case "utf-16", "utf-16le", "unicode", "ucs-2": self = .utf16LittleEndian
    case "utf-16be": self = .utf16BigEndian
    default: return nil
    }
  }

  private func decode(_ bytes: ArraySlice<UInt8>) -> String {
    switch self {
    case .utf8: return String(decoding: bytes, as: UTF8.self)
    case .windows1252: return Windows1252.decode(bytes)
    case .utf16LittleEndian, .utf16BigEndian:
      let high = self == .utf16BigEndian ? 0 : 1
      let units = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map {
        UInt16(bytes[$0 + high]) << 8 | UInt16(bytes[$0 + 1 - high])
      }
      return String(decoding: units, as: UTF16.self)
    }
  }

  /// What stands behind the first `charset=` (in a `meta`) or `encoding=` (in an XML declaration). A document that can
  /// be read as ASCII so far is not UTF-16, whatever it says.
  private static func labelInDocument(_ body: [UInt8]) -> String? {
    let head = String(
      decoding: body.prefix(declarationBytes).map { $0 < 0x80 ? $0 | ($0.isUpper ? 0x20 : 0) : 0x3f },
      as: UTF8.self)
    let name = head.hasPrefix("<?xml") ? "encoding" : "charset"
    guard let range = head.firstRange(of: name) else { return nil }
    let rest = head[range.upperBound...].drop { $0.isWhitespace }
    guard rest.first == "=" else { return nil }
    let value = rest.dropFirst().drop { $0.isWhitespace || $0 == "\"" || $0 == "'" }
    let label = String(value.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_:.".contains($0)) }.prefix(40))
    return label.isEmpty ? nil : label.hasPrefix("utf-16") ? "utf-8" : label
  }
}

extension UInt8 {
  fileprivate var isUpper: Bool { (0x41...0x5a).contains(self) }
}
