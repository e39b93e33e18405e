import Glibc
import Synchronization

/// Lines for people on standard error: unbuffered, so that none is torn or lost when the process dies.
///
/// A reader that does not read holds nobody up: it is waited for a moment, once, and then lines are dropped, and
/// counted, until there is room again. No line has a secret in it.
enum StandardError {
  private struct State {
    var dropped = 0
    /// A line was cut off in its middle.
    var isTorn = false
  }

  private static let state = Mutex(State())
  /// A pipe that is ready takes as much without blocking.
  private static let chunk = 4096
  private static let patience: Int32 = 100

  static func write(_ line: String) {
    let line = ProcessSecrets.redact(line)
    state.withLock { state in
      var text = line
      if state.dropped > 0 {
        text =
          "\(state.isTorn ? "\n" : "")sandbox-entry: \(state.dropped) lines of standard error were dropped\n\(line)"
      }
      let bytes = Array("\(text)\n".utf8)
      let written = write(bytes, patience: state.dropped == 0 ? patience : 0)
      if written == bytes.count {
        state = State()
      } else {
        state.dropped += 1
        state.isTorn = state.isTorn || written > 0
      }
    }
  }

  /// Returns how many bytes were taken.
  private static func write(_ bytes: [UInt8], patience: Int32) -> Int {
    var written = 0
    while written < bytes.count {
      var poller = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
      guard poll(&poller, 1, patience) > 0 else { return written }
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(STDERR_FILENO, buffer.baseAddress.map { $0 + written }, min(chunk, bytes.count - written))
      }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return written }
      written += count
    }
    return written
  }
}
