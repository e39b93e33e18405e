import Glibc

/// Wakes one sleeping thread; a signal that comes before the wait is not lost. Not for tasks: it blocks its thread.
final class WakeUp: Sendable {
  private let readEnd: Int32
  private let writeEnd: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    // The write end never blocks: a full pipe means that a wake-up is on its way.
    if pipe(&ends) == 0 {
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  func signal() {
    var byte: UInt8 = 0
    _ = write(writeEnd, &byte, 1)
  }

  func wait() {
    var bytes = [UInt8](repeating: 0, count: 4096)
    _ = read(readEnd, &bytes, bytes.count)
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }
}
