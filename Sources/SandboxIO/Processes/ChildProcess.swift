internal import CSandbox
internal import Glibc
import SandboxCore

/// A child that was started, with our ends of its streams. Its owner waits until ``report`` is readable, and then takes
/// the end with ``takeEnd()``. When it is dropped before, the child and everything below it are killed.
struct ChildProcess: ~Copyable {
  let pid: pid_t
  /// The stream of the child's init: readable once nothing of the child is left.
  let report: OwnedDescriptor
  /// Nil when the child has no input from us, or all of it was written.
  var input: OwnedDescriptor?
  var output: OwnedDescriptor?
  var error: OwnedDescriptor?

  /// Starts the program. Blocks until the child has executed it.
  init(_ spec: ProcessSpec) throws(SandboxError) {
    try spec.validate()
    let inputPipe = try Pipe()
    let outputPipe = try Pipe()
    let errorPipe = try Pipe()
    let stream = try StreamPair()
    // The child of a program without input reads from the null device in place of the pipe.
    var hasInput = false
    if case .bytes = spec.input { hasInput = true }
    let null = OwnedDescriptor(hasInput ? -1 : open("/dev/null", O_RDONLY | O_CLOEXEC))
    let stdin = hasInput ? inputPipe.reading.number : null.number
    try ProcessGuard.spawn(
      spec.confinement, init: stream.theirs.number,
      streams: (stdin, outputPipe.writing.number, errorPipe.writing.number))
    // The init has the other end now; a copy here would hide that it is gone.
    let report = stream.takeOwn()
    pid = try Self.start(spec, over: report.number)
    report.setNonBlocking()
    ProcessGuard.register(report.number)
    self.report = report
    input = hasInput ? inputPipe.takeWriting() : nil
    output = outputPipe.takeReading()
    error = errorPipe.takeReading()
    input?.setNonBlocking()
    output?.setNonBlocking()
    error?.setNonBlocking()
  }

  deinit { ProcessGuard.forget(report.number) }

  /// Asks the child's process group to end, and has it killed after its grace. The first reason is the one that counts.
  func requestEnd() { ProcessGuard.order(CSB_ORDER_END, over: report.number) }

  /// Has the child and everything below it killed.
  func kill() { ProcessGuard.order(CSB_ORDER_KILL, over: report.number) }

  /// How the child ended, once that is there to be read; nil before.
  func takeEnd() -> ChildEnd? {
    var report = csb_report()
    let count = read(self.report.number, &report, MemoryLayout<csb_report>.size)
    if count < 0, errno == EAGAIN || errno == EINTR { return nil }
    guard count == MemoryLayout<csb_report>.size, report.kind == CSB_REPORT_ENDED.rawValue else { return .lost }
    return ChildEnd(report)
  }

  private static func start(_ spec: ProcessSpec, over stream: Int32) throws(SandboxError) -> pid_t {
    let request = SpawnRequest(spec).bytes
    var sent = 0
    while sent < request.count {
      let count = request[sent...].withUnsafeBytes {
        Glibc.send(stream, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno != EINTR { break }
      sent += max(0, count)
    }
    var report = csb_report()
    var count: Int
    repeat { count = read(stream, &report, MemoryLayout<csb_report>.size) } while count < 0 && errno == EINTR
    guard count == MemoryLayout<csb_report>.size else {
      throw SandboxError(
        .unavailable, "cannot start \(spec.executable): the process that was to start it is gone", retry: .backoff)
    }
    guard report.kind == CSB_REPORT_STARTED.rawValue else { throw spec.startFailure(report) }
    return report.pid
  }
}
