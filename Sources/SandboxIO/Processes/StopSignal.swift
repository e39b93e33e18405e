internal import CSandbox
internal import Glibc
import SandboxCore

/// Tells a thread that waits in `poll` to stop what it does. Once raised it stays raised.
final class StopSignal: Sendable {
  /// Readable once the signal is raised.
  let descriptor: Int32

  init() throws(SandboxError) {
    descriptor = csb_event()
    guard descriptor >= 0 else {
      let cause = SystemError.current
      throw SandboxError(.unavailable, "cannot start a process: no event: \(cause)", cause: cause, retry: .backoff)
    }
  }

  deinit { close(descriptor) }

  func raise() {
    var count: UInt64 = 1
    _ = write(descriptor, &count, MemoryLayout<UInt64>.size)
  }
}
