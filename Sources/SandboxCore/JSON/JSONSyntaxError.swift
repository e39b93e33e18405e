/// Why the parser stopped, and at which byte.
struct JSONSyntaxError: Error {
  let offset: Int
  let problem: String

  /// The same for people: lines and columns count from one, a column is a Unicode scalar.
  func located(in text: UnsafeBufferPointer<UInt8>) -> SandboxError {
    var line = 1
    var column = 1
    for byte in text.prefix(offset) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return SandboxError(.invalidArgument, "not valid JSON at line \(line), column \(column): \(problem)")
  }
}
