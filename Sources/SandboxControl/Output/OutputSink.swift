import Glibc
package import SandboxCore
import SandboxIO
import Synchronization

/// Standard output as a bounded queue with a writer thread of its own: a slow or closed reader never stalls the session.
///
/// When the queue is full, lines that may be lost (progress) go first; how many were lost is counted. A closed reader
/// turns the sink off, the work goes on. Nothing is written with a secret in it.
package final class OutputSink: Sendable {
  private struct State {
    var queue: [Line] = []
    var bytes = 0
    var dropped = 0
    var isWriting = false
    var isClosed = false
    var isBroken = false
  }

  private struct Line {
    let bytes: [UInt8]
    let mayBeLost: Bool
  }

  private let descriptor: Int32
  private let capacity: Int
  private let redactor: Redactor
  private let state = Mutex(State())
  private let wake = WakeUp()

  /// - Parameter capacity: bytes that may wait for the reader.
  package init(descriptor: Int32, capacity: Int = 4 << 20, redactor: Redactor = .shapesOnly) {
    self.descriptor = descriptor
    self.capacity = capacity
    self.redactor = redactor
    if !DedicatedThread.start({ self.writeLoop() }) { state.withLock { $0.isBroken = true } }
  }

  /// Lines that were not written.
  package var dropped: Int { state.withLock { $0.dropped } }

  /// Whether all that was queued has been taken by the reader's side, and more can be written.
  package var isIdle: Bool {
    state.withLock { $0.queue.isEmpty && !$0.isWriting && !$0.isBroken && !$0.isClosed }
  }

  /// Queues whole lines, which the caller ends.
  package func write(_ text: String, mayBeLost: Bool = false) {
    let line = Line(bytes: redactor.redact(Array(text.utf8)), mayBeLost: mayBeLost)
    state.withLock { state in
      if state.isBroken || state.isClosed {
        state.dropped += 1
        return
      }
      if state.bytes + line.bytes.count > capacity {
        let before = state.queue.count
        state.queue.removeAll(where: \.mayBeLost)
        state.dropped += before - state.queue.count
        state.bytes = state.queue.reduce(0) { $0 + $1.bytes.count }
      }
      if state.bytes + line.bytes.count > capacity {
        state.dropped += 1
        return
      }
      state.queue.append(line)
      state.bytes += line.bytes.count
    }
    wake.signal()
  }

  /// Waits until all is written or the time is over; then nothing more is taken.
  package func finish(within limit: Duration, time: TimeSource = .system) async {
    let deadline = Deadline(after: limit, time: time)
    while !deadline.hasPassed {
      if state.withLock({ $0.isBroken || ($0.queue.isEmpty && !$0.isWriting) }) { break }
      try? await time.sleep(.milliseconds(1))
    }
    state.withLock { $0.isClosed = true }
    wake.signal()
  }

  private func writeLoop() {
    while true {
      let (batch, isClosed) = state.withLock { state in
        defer {
          state.queue.removeAll()
          state.bytes = 0
        }
        state.isWriting = !state.queue.isEmpty
        return (state.queue, state.isClosed)
      }
      if batch.isEmpty {
        if isClosed { return }
        wake.wait()
        continue
      }
      if !writeAll(batch.flatMap(\.bytes)) {
        state.withLock {
          $0.isBroken = true
          $0.isWriting = false
          $0.dropped += batch.count + $0.queue.count
          $0.queue.removeAll()
        }
        return
      }
      state.withLock { $0.isWriting = false }
    }
  }

  private func writeAll(_ bytes: [UInt8]) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, bytes.count - written)
      }
      if count > 0 {
        written += count
      } else if count < 0, errno == EAGAIN {
        var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&poller, 1, 100)
      } else if count < 0, errno == EINTR {
        continue
      } else {
        return false
      }
    }
    return true
  }
}
