internal import Glibc
import SandboxCore

/// Runs one conversation on the calling thread until the child is gone.
struct ConversationLoop: ~Copyable {
  private let spec: ProcessSpec
  private let limits: ConversationLimits
  private let queue: ConversationQueue

  private var child: ChildProcess
  private var unwritten: [UInt8] = []
  private var writtenCount = 0
  private var framer: LineFramer
  private var output: OwnedDescriptor?
  private var error: OutputDrain
  private let buffer: UnsafeMutableRawBufferPointer

  private var end: ChildEnd?
  private var disk: DiskQuota?
  private var isOverfull = false
  private var stage = Stage.open
  /// When the next stage of ending comes; after the child's exit, when its streams are given up.
  private var stageEnd: ContinuousClock.Instant?

  /// How far the child's end has come.
  private enum Stage { case open, closed, terminated, exited }

  private static let bufferSize = 64 << 10
  /// Its processes are gone by now; only one that hangs in the kernel can hold the streams any longer.
  private static let drainGrace = Duration.milliseconds(100)

  init(_ spec: ProcessSpec, _ limits: ConversationLimits, _ queue: ConversationQueue) throws(SandboxError) {
    var spec = spec
    spec.input = .bytes([])
    spec.timeout = nil
    spec.terminationGrace = limits.terminationGrace
    self.spec = spec
    self.limits = limits
    self.queue = queue
    child = try ChildProcess(spec)
    output = child.output.take()
    error = OutputDrain(child.error.take(), OutputLimits(head: 0, tail: limits.errorTailBytes))
    framer = LineFramer(limit: limits.lineBytes)
    disk = DiskQuota(spec)
    buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
  }

  deinit { buffer.deallocate() }

  consuming func run(_ onLine: (LineFramer.Frame) -> Void) -> ConversationEnd {
    while !isOver {
      advance(.now)
      wait(onLine)
    }
    let end = end ?? .lost
    return ConversationEnd(
      status: end.status, termination: isOverfull ? .diskLimit : end.termination(under: spec.confinement.limits),
      standardError: error.capture.output.text)
  }

  private var outputNumber: Int32 {
    switch output {
    case .some(let output): output.number
    case nil: -1
    }
  }

  private var isOver: Bool {
    guard stage == .exited else { return false }
    return outputNumber < 0 && !error.isOpen || stageEnd.map { .now >= $0 } ?? true
  }

  // MARK: - Ending the child

  private mutating func advance(_ now: ContinuousClock.Instant) {
    if stage != .exited, !isOverfull, disk?.isExceeded(at: now) == true {
      isOverfull = true
      child.kill()
    }
    guard let stageEnd, now >= stageEnd else { return }
    self.stageEnd = nil
    guard stage == .closed else { return }
    child.requestEnd()
    enter(.terminated, for: nil)
  }

  private mutating func enter(_ next: Stage, for time: Duration?) {
    stage = next
    stageEnd = time.map { .now + $0 }
  }

  /// Closes the child's input, which is how it is asked to end. What was queued until then is written as far as the
  /// child's pipe takes it at once.
  private mutating func close() {
    guard stage == .open else { return }
    feed()
    queue.refuse()
    child.input = nil
    unwritten = []
    enter(.closed, for: limits.closeGrace)
  }

  private mutating func childEnded() {
    end = child.takeEnd()
    guard end != nil else { return }
    queue.refuse()
    child.input = nil
    enter(.exited, for: Self.drainGrace)
  }

  // MARK: - Waiting

  private mutating func wait(_ onLine: (LineFramer.Frame) -> Void) {
    func request(_ number: Int32?, _ events: Int32) -> pollfd {
      pollfd(fd: number ?? -1, events: Int16(truncatingIfNeeded: events), revents: 0)
    }
    // A negative number is left out by poll.
    var requests = (
      end: request(stage == .exited ? nil : child.report.number, POLLIN),
      output: request(outputNumber, POLLIN),
      error: request(error.descriptor, POLLIN),
      input: request(writtenCount < unwritten.count ? child.input?.number : nil, POLLOUT),
      wake: request(stage == .open ? queue.wake.descriptor : nil, POLLIN)
    )
    let next = [stageEnd, nextDiskLook].compactMap { $0 }.min()
    let timeout = PollTimeout.milliseconds(until: next, from: .now)
    let ready = withUnsafeMutableBytes(of: &requests) {
      let list = $0.assumingMemoryBound(to: pollfd.self)
      return poll(list.baseAddress, nfds_t(list.count), timeout)
    }
    guard ready > 0 else { return }
    if requests.wake.revents != 0 { woken() }
    if requests.input.revents != 0 { feed() }
    if requests.output.revents != 0 { read(onLine) }
    if requests.error.revents != 0 { error.read(with: buffer) }
    if requests.end.revents != 0 { childEnded() }
  }

  private var nextDiskLook: ContinuousClock.Instant? {
    switch disk {
    case .some(let disk): stage == .exited || isOverfull ? nil : disk.nextLook
    case nil: nil
    }
  }

  private mutating func woken() {
    queue.wake.lower()
    if queue.isClosing { close() } else { feed() }
  }

  // MARK: - Streams

  private mutating func read(_ onLine: (LineFramer.Frame) -> Void) {
    let count = Glibc.read(outputNumber, buffer.baseAddress, buffer.count)
    if count > 0 {
      framer.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]), onLine)
    } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
      output = nil
      // Nothing can be said any more by a child that runs on.
      close()
    }
  }

  /// Writes what waits, until the pipe is full.
  private mutating func feed() {
    guard let number = child.input?.number else { return }
    while true {
      if writtenCount == unwritten.count {
        unwritten = queue.takePending()
        writtenCount = 0
        if unwritten.isEmpty { return }
      }
      let count = unwritten[writtenCount...].withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
      if count >= 0 {
        writtenCount += count
        queue.noteWritten(count)
      } else if errno == EAGAIN {
        return
      } else if errno != EINTR {
        // The child has closed its input: it will never hear of us again.
        child.input = nil
        return close()
      }
    }
  }
}
