import Glibc
import SandboxCore

/// Finds the lines that contain a text. Without regard to case when asked: for ASCII byte by byte, for anything else by
/// Unicode's lower case.
struct LineMatcher: Sendable {
  struct Match {
    /// From 1.
    let line: Int
    /// The line, or what is around the match in a long one.
    let text: String
  }

  private static let maximumText = 300

  private let needle: [UInt8]
  private let isFolding: Bool
  /// For texts beyond ASCII.
  private let lowercased: String?

  init(_ pattern: String, isCaseSensitive: Bool) {
    isFolding = !isCaseSensitive
    let isASCII = pattern.utf8.allSatisfy { $0 < 0x80 }
    needle = isCaseSensitive ? Array(pattern.utf8) : pattern.utf8.map(Self.folded)
    lowercased = isCaseSensitive || isASCII ? nil : pattern.lowercased()
  }

  func matches(in bytes: [UInt8], limit: Int) -> [Match] {
    lowercased.map { lines(of: bytes, containing: $0, limit: limit) } ?? lines(of: bytes, limit: limit)
  }

  private func lines(of bytes: [UInt8], limit: Int) -> [Match] {
    let haystack = isFolding ? bytes.map(Self.folded) : bytes
    var matches: [Match] = []
    var (line, lineStart, position) = (1, 0, 0)
    while matches.count < limit, let found = find(in: haystack, from: position) {
      for index in position..<found where bytes[index] == 0x0A {
        line += 1
        lineStart = index + 1
      }
      let lineEnd = bytes[found...].firstIndex(of: 0x0A) ?? bytes.count
      matches.append(Match(line: line, text: Self.excerpt(bytes[lineStart..<lineEnd], around: found)))
      line += 1
      lineStart = lineEnd + 1
      position = lineEnd + 1
    }
    return matches
  }

  private func find(in bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress, let first = needle.first else { return nil }
      var position = start
      let last = buffer.count - needle.count
      while position <= last, let found = memchr(base + position, Int32(first), last - position + 1) {
        if memcmp(found, needle, needle.count) == 0 { return UnsafeRawPointer(found) - base }
        position = UnsafeRawPointer(found) - base + 1
      }
      return nil
    }
  }

  private func lines(of bytes: [UInt8], containing text: String, limit: Int) -> [Match] {
    var matches: [Match] = []
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      guard matches.count < limit else { break }
      guard String(decoding: line, as: UTF8.self).lowercased().contains(text) else { continue }
      matches.append(Match(line: index + 1, text: Self.excerpt(line, around: line.startIndex)))
    }
    return matches
  }

  private static func excerpt(_ line: ArraySlice<UInt8>, around position: Int) -> String {
    var start = max(line.startIndex, position - maximumText / 3)
    if line.count <= maximumText { start = line.startIndex }
    while start > line.startIndex, line[start] & 0xC0 == 0x80 { start -= 1 }
    var end = min(line.endIndex, start + maximumText)
    while end < line.endIndex, line[end] & 0xC0 == 0x80 { end += 1 }
    var text = String(decoding: line[start..<end], as: UTF8.self)
    if text.last == "\r" || text.last == "\r\n" { text.removeLast() }
    return (start > line.startIndex ? "…" : "") + text + (end < line.endIndex ? "…" : "")
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
