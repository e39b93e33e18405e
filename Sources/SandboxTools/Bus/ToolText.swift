import SandboxCore

/// Text from a tool, made fit for a model, a journal and a terminal: bounded and without control characters.
struct ToolText {
  /// The most bytes of one result that a model reads.
  static let maximumBytes = 32 << 10
  static let maximumErrorBytes = 8 << 10

  let text: String
  let isTruncated: Bool

  /// Keeps the beginning (three quarters) and the end. Where bytes are missing, a line says how many.
  ///
  /// - Parameters:
  ///   - totalBytes: how much there was before the executor cut it itself.
  ///   - redactor: hides secrets before the text is cut, when that has to be done.
  ///   - footer: a last line; the text with it is no longer than the limit.
  init(
    _ raw: String, totalBytes: Int? = nil, limit: Int = Self.maximumBytes, redactor: Redactor? = nil,
    footer: String = ""
  ) {
    let footer = footer.isEmpty ? "" : "\n\(Self.sanitized(footer))"
    let limit = limit - footer.utf8.count
    let whole = raw.utf8.count > limit ? redactor?.redact(raw) ?? raw : raw
    let clean = Self.sanitized(whole)
    let bytes = clean.utf8
    guard bytes.count > limit else {
      text = clean + footer
      isTruncated = totalBytes.map { $0 > raw.utf8.count } ?? false
      return
    }
    let room = max(0, limit - Self.markerBytes)
    let head = clean[..<Self.border(in: clean, at: bytes.index(bytes.startIndex, offsetBy: room / 4 * 3))]
    let tailStart = bytes.index(bytes.endIndex, offsetBy: -(room / 4))
    let tail = clean[Self.borderAfter(in: clean, at: tailStart)...]
    let omitted = max(bytes.count, totalBytes ?? 0) - head.utf8.count - tail.utf8.count
    text = "\(head)\n[… \(omitted) bytes omitted …]\n\(tail)\(footer)"
    isTruncated = true
  }

  private static let markerBytes = 64

  /// The last place at or before `index` where no character's bytes are split.
  private static func border(in text: String, at index: String.Index) -> String.Index {
    index.samePosition(in: text.unicodeScalars) ?? border(in: text, at: text.utf8.index(before: index))
  }

  private static func borderAfter(in text: String, at index: String.Index) -> String.Index {
    index.samePosition(in: text.unicodeScalars) ?? borderAfter(in: text, at: text.utf8.index(after: index))
  }

  /// The text with every control character but line feed and tab replaced by U+FFFD, so that it can neither steer a
  /// terminal nor break a line-based format. A carriage return before a line feed is dropped.
  static func sanitized(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 && $0 != 0x0a && $0 != 0x09 || $0 == 0x7f || $0 == 0xc2 }) else {
      return text
    }
    var result = String.UnicodeScalarView()
    var pendingReturn = false
    for scalar in text.unicodeScalars {
      if pendingReturn, scalar != "\n" { result.append("\u{fffd}") }
      pendingReturn = scalar == "\r"
      if pendingReturn { continue }
      result.append(isControl(scalar) ? "\u{fffd}" : scalar)
    }
    if pendingReturn { result.append("\u{fffd}") }
    return String(result)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0a: false
    case ..<0x20, 0x7f...0x9f: true
    default: false
    }
  }
}
