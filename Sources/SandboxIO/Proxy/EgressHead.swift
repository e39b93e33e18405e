internal import SandboxCore

/// The first line and the fields of a message of HTTP/1, taken apart strictly: what two programs could read differently
/// is refused.
struct EgressHead: Sendable {
  struct Field: Sendable {
    /// In lower case.
    let name: String
    /// As it was received, without the end of the line.
    let line: ArraySlice<UInt8>

    /// Without blanks around it.
    var value: String {
      let value = line.drop { $0 != UInt8(ascii: ":") }.dropFirst().drop(while: Self.isBlank)
      let end = value.lastIndex { !Self.isBlank($0) }.map { $0 + 1 } ?? value.startIndex
      return String(decoding: value[..<end], as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
  }

  let start: String
  let fields: [Field]

  /// - Parameter bytes: with the empty line at the end, in which CR and LF are the only control characters besides tabs.
  /// - Throws: 400.
  init(_ bytes: [UInt8]) throws(EgressRefusal) {
    var lines: [ArraySlice<UInt8>] = []
    for line in bytes.dropLast(4).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      lines.append(line)
    }
    for index in lines.indices.dropLast() {
      guard lines[index].last == UInt8(ascii: "\r") else {
        throw .badRequest("a line of the head does not end in CRLF")
      }
      lines[index].removeLast()
    }
    guard !lines.contains(where: { $0.contains(UInt8(ascii: "\r")) }) else {
      throw .badRequest("the head has a CR within a line")
    }
    start = String(decoding: lines[0], as: UTF8.self)
    var fields: [Field] = []
    for line in lines.dropFirst() {
      let name = String(decoding: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
      guard HTTPHeader.isToken(name), name.utf8.count < line.count else {
        throw .badRequest("the head has a line that is not a header")
      }
      fields.append(Field(name: name.lowercased(), line: line))
    }
    self.fields = fields
  }

  func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

  /// The fields that go on to the next hop, each with its end of line (RFC 9110, section 7.6.1). Those that frame the
  /// body always do, because the body is passed on as it is.
  func forwarded(without dropped: Set<String> = []) -> [UInt8] {
    let named = values("connection").flatMap { $0.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" } }
    let hop = Self.hopByHop.union(named.map(String.init)).subtracting(Self.framing).union(dropped)
    return fields.filter { !hop.contains($0.name) && !$0.name.hasPrefix("proxy-") }
      .flatMap { $0.line + [UInt8(ascii: "\r"), UInt8(ascii: "\n")] }
  }

  private static let hopByHop: Set<String> = ["connection", "keep-alive", "te", "upgrade"]
  private static let framing: Set<String> = ["content-length", "transfer-encoding"]
}
