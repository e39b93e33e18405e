import Glibc

/// Lines for people on standard error: one unbuffered write each, so that none is torn or lost when the process dies.
enum StandardError {
  static func write(_ line: String) {
    var bytes = Array(line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(STDERR_FILENO, buffer.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count <= 0 { return }
      written += count
    }
  }
}
