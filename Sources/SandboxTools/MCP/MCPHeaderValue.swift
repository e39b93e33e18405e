import SandboxCore

/// How a value that may be any text travels in an HTTP header (MCP 2026-07-28, Streamable HTTP).
package enum MCPHeaderValue {
  private static let opening = "=?base64?"
  private static let closing = "?="

  /// The text itself, or `=?base64?…?=` around its UTF-8 bytes when a header could not carry it: when it is not visible
  /// ASCII, begins or ends with a space, or looks like the wrapping itself.
  package static func encode(_ text: String) -> String {
    let bytes = text.utf8
    let isPlain = bytes.allSatisfy { (0x20...0x7e).contains($0) }
    let isPadded = bytes.first == 0x20 || bytes.last == 0x20
    let looksWrapped = text.hasPrefix(opening) && text.hasSuffix(closing)
    if isPlain, !isPadded, !looksWrapped { return text }
    return opening + Base64.encode(Array(bytes)) + closing
  }
}
