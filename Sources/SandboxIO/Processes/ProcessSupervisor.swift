internal import Glibc
import SandboxCore

/// Runs one child to its end on the calling thread: feeds and drains its streams, and holds it to its bounds.
struct ProcessSupervisor: ~Copyable {
  private let spec: ProcessSpec
  private let stop: StopSignal
  private let start = ContinuousClock.now

  private var child: ChildProcess
  private var unwritten: ArraySlice<UInt8> = []
  private var output: OutputDrain
  private var error: OutputDrain
  private let buffer: UnsafeMutableRawBufferPointer

  private var termination = ProcessResult.Termination.exited
  private var status: ProcessResult.Status?
  /// When the group gets SIGKILL, once it was told to end.
  private var killTime: ContinuousClock.Instant?
  /// When the streams are given up, once the child has exited.
  private var drainTime: ContinuousClock.Instant?
  private var collectTime: ContinuousClock.Instant

  private static let bufferSize = 64 << 10
  /// The longest time in which an orphan that has exited stays uncollected while the child runs.
  private static let collectInterval = Duration.seconds(1)
  private static let cleanUp = Duration.seconds(1)
  /// For killing orphans, and again for draining: together within what a timeout may take longer than its grace.
  private static let cleanUpAfterKill = Duration.milliseconds(100)

  init(_ spec: ProcessSpec, stop: StopSignal) throws(SandboxError) {
    self.spec = spec
    self.stop = stop
    child = try ChildProcess(spec)
    if case .bytes(let bytes) = spec.input { unwritten = bytes[...] }
    output = OutputDrain(child.output.take(), spec.outputLimits)
    error = OutputDrain(child.error.take(), spec.outputLimits)
    buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
    collectTime = start + Self.collectInterval
  }

  deinit { buffer.deallocate() }

  consuming func run() throws(SandboxError) -> ProcessResult {
    while true {
      let now = ContinuousClock.now
      if let drainTime {
        if !output.isOpen && !error.isOpen || now >= drainTime { break }
      } else {
        enforceDeadlines(now)
      }
      try wait(from: now)
    }
    return ProcessResult(
      status: status ?? .exited(255), termination: termination, standardOutput: output.capture.output,
      standardError: error.capture.output, duration: ContinuousClock.now - start)
  }

  // MARK: - Ending the child

  private mutating func enforceDeadlines(_ now: ContinuousClock.Instant) {
    if let timeout = spec.timeout, termination == .exited, now >= start + timeout { end(.timedOut, now) }
    if let killTime, now >= killTime {
      child.signalGroup(SIGKILL)
      self.killTime = nil
    }
    if now >= collectTime {
      ChildRegistry.collectOrphans()
      collectTime = now + Self.collectInterval
    }
  }

  /// Asks the group to end, and notes when it will be made to. Only the first reason counts.
  private mutating func end(_ reason: ProcessResult.Termination, _ now: ContinuousClock.Instant) {
    guard termination == .exited, status == nil else { return }
    termination = reason
    if reason == .outputLimit {
      child.signalGroup(SIGKILL)
    } else {
      child.signalGroup(SIGTERM)
      // A stopped process does not see SIGTERM.
      child.signalGroup(SIGCONT)
      killTime = now + spec.terminationGrace
    }
  }

  private mutating func childExited() throws(SandboxError) {
    child.input = nil
    let wasEnded = termination != .exited
    status = try child.finish(marker: spec.marker, deadline: wasEnded ? Self.cleanUpAfterKill : Self.cleanUp)
    guard status != nil else { return }
    drainTime = .now + (wasEnded ? min(spec.drainGrace, Self.cleanUpAfterKill) : spec.drainGrace)
  }

  // MARK: - Waiting

  private mutating func wait(from now: ContinuousClock.Instant) throws(SandboxError) {
    func request(_ number: Int32?, _ events: Int32) -> pollfd {
      pollfd(fd: number ?? -1, events: Int16(truncatingIfNeeded: events), revents: 0)
    }
    // A negative number is left out by poll.
    var requests = (
      exit: request(status == nil ? child.exit.number : nil, POLLIN),
      output: request(output.descriptor, POLLIN),
      error: request(error.descriptor, POLLIN),
      input: request(child.input?.number, POLLOUT),
      stop: request(termination == .exited && status == nil ? stop.descriptor : nil, POLLIN)
    )
    let ready = withUnsafeMutableBytes(of: &requests) {
      let list = $0.assumingMemoryBound(to: pollfd.self)
      return poll(list.baseAddress, nfds_t(list.count), milliseconds(from: now))
    }
    guard ready > 0 else { return }
    if requests.output.revents != 0 { output.read(with: buffer) }
    if requests.error.revents != 0 { error.read(with: buffer) }
    if requests.input.revents != 0 { feed() }
    if output.capture.totalBytes + error.capture.totalBytes > spec.outputLimits.total { end(.outputLimit, .now) }
    if requests.exit.revents != 0 {
      try childExited()
    } else if requests.stop.revents != 0 {
      end(.cancelled, .now)
    }
  }

  /// How long to wait for an event before there is something to do anyway, rounded up.
  private func milliseconds(from now: ContinuousClock.Instant) -> Int32 {
    var next = drainTime ?? collectTime
    if drainTime == nil {
      if termination == .exited, let timeout = spec.timeout { next = min(next, start + timeout) }
      if let killTime { next = min(next, killTime) }
    }
    let (seconds, attoseconds) = min(max(.zero, next - now), .seconds(60)).components
    return Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }

  private mutating func feed() {
    guard let number = child.input?.number else { return }
    let count = unwritten.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
    if count >= 0 {
      unwritten = unwritten.dropFirst(count)
      if unwritten.isEmpty { child.input = nil }
    } else if errno != EAGAIN && errno != EINTR {
      // The child has closed its input: it has read all that it wanted.
      child.input = nil
    }
  }
}
