import Glibc
import SandboxCore

/// Reads what is read whole before a session starts: a configuration file, a secret, standard input.
enum SmallFile {
  static let limit = 16 << 20

  /// - Throws: `.invalidArgument` when the path cannot be read, is no regular file, is over 16 MiB or not UTF-8.
  ///
  /// - Parameter stop: ends the wait for whoever writes to standard input, as `.cancelled`.
  static func text(at path: String, stop: StopControl? = nil) throws(SandboxError) -> String {
    if path == "-" { return try text(of: STDIN_FILENO, name: "standard input", stop: stop) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(path, String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      throw failure(path, "not a regular file")
    }
    return try text(of: descriptor, name: path)
  }

  private static func text(
    of descriptor: Int32, name: String, stop: StopControl? = nil
  ) throws(SandboxError) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      if let stop { try waitForInput(descriptor, unless: stop) }
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw failure(name, String(cString: strerror(errno))) }
      if count == 0 { break }
      bytes += chunk[..<count]
      if bytes.count > limit { throw failure(name, "larger than \(limit) bytes") }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw failure(name, "not UTF-8 text") }
    return text
  }

  /// A read that blocks would not notice that the process has been asked to stop.
  private static func waitForInput(_ descriptor: Int32, unless stop: StopControl) throws(SandboxError) {
    var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    repeat {
      if let reason = stop.reason { throw SandboxError(.cancelled, reason.detail) }
    } while poll(&input, 1, 50) == 0 || input.revents == 0
  }

  private static func failure(_ path: String, _ reason: String) -> SandboxError {
    SandboxError(.invalidArgument, "cannot read \(path): \(reason)")
  }
}
