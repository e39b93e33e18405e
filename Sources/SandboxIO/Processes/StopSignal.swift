internal import CSandbox
internal import Glibc
import SandboxCore

/// Tells a thread that waits in `poll` that there is something to do, most often to stop. Stays raised until it is
/// lowered.
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

  func lower() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
  }
}
