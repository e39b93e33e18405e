internal import Glibc
import SandboxCore

/// Runs one child to its end on the calling thread: feeds and drains its streams, passes orders on, and watches what only
/// we can see: how much it writes. Its init does the rest.
struct ProcessSupervisor: ~Copyable {
  private let spec: ProcessSpec
  private let stop: StopSignal
  private let start = ContinuousClock.now

  private var child: ChildProcess
  private var unwritten: ArraySlice<UInt8> = []
  private var output: OutputDrain
  private var error: OutputDrain
  private let buffer: UnsafeMutableRawBufferPointer

  /// Why we have it ended; nil while we have no reason.
  private var reason: ProcessResult.Termination?
  private var end: ChildEnd?
  /// When the streams are given up, once the child has ended.
  private var drainTime: ContinuousClock.Instant?
  private var disk: DiskQuota?

  private static let bufferSize = 64 << 10
  /// Its processes are gone by now; only one that hangs in the kernel can hold the streams any longer.
  private static let drainGraceAfterEnd = Duration.milliseconds(100)

  init(_ spec: ProcessSpec, stop: StopSignal) throws(SandboxError) {
    self.spec = spec
    self.stop = stop
    child = try ChildProcess(spec)
    if case .bytes(let bytes) = spec.input { unwritten = bytes[...] }
    output = OutputDrain(child.output.take(), spec.outputLimits)
    error = OutputDrain(child.error.take(), spec.outputLimits)
    disk = DiskQuota(spec)
    buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
  }

  deinit { buffer.deallocate() }

  consuming func run() throws(SandboxError) -> ProcessResult {
    while true {
      let now = ContinuousClock.now
      if let drainTime, !output.isOpen && !error.isOpen || now >= drainTime { break }
      if end == nil, disk?.isExceeded(at: now) == true { kill(.diskLimit) }
      wait(from: now)
    }
    let end = end ?? .lost
    return ProcessResult(
      status: end.status, termination: reason ?? end.termination(under: spec.confinement.limits),
      standardOutput: output.capture.output,
      standardError: error.capture.output, duration: ContinuousClock.now - start, usage: end.usage)
  }

  // MARK: - Ending the child

  private mutating func kill(_ reason: ProcessResult.Termination) {
    guard self.reason == nil, end == nil else { return }
    self.reason = reason
    child.kill()
  }

  private mutating func cancel() {
    guard reason == nil, end == nil else { return }
    reason = .cancelled
    child.requestEnd()
  }

  private mutating func readEnd() {
    end = child.takeEnd()
    guard end != nil else { return }
    child.input = nil
    drainTime = .now + Self.drainGraceAfterEnd
  }

  // MARK: - Waiting

  private mutating func wait(from now: ContinuousClock.Instant) {
    func request(_ number: Int32?, _ events: Int32) -> pollfd {
      pollfd(fd: number ?? -1, events: Int16(truncatingIfNeeded: events), revents: 0)
    }
    // A negative number is left out by poll.
    var requests = (
      end: request(end == nil ? child.report.number : nil, POLLIN),
      output: request(output.descriptor, POLLIN),
      error: request(error.descriptor, POLLIN),
      input: request(child.input?.number, POLLOUT),
      stop: request(reason == nil && end == nil ? stop.descriptor : nil, POLLIN)
    )
    let ready = withUnsafeMutableBytes(of: &requests) {
      let list = $0.assumingMemoryBound(to: pollfd.self)
      return poll(
        list.baseAddress, nfds_t(list.count), PollTimeout.milliseconds(until: drainTime ?? nextDiskLook, from: now))
    }
    guard ready > 0 else { return }
    if requests.output.revents != 0 { output.read(with: buffer) }
    if requests.error.revents != 0 { error.read(with: buffer) }
    if requests.input.revents != 0 { feed() }
    if output.capture.totalBytes + error.capture.totalBytes > spec.outputLimits.total { kill(.outputLimit) }
    if requests.end.revents != 0 {
      readEnd()
    } else if requests.stop.revents != 0 {
      cancel()
    }
  }

  private var nextDiskLook: ContinuousClock.Instant? {
    switch disk {
    case .some(let disk): end == nil ? disk.nextLook : nil
    case nil: nil
    }
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
