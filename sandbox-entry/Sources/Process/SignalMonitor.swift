import Glibc
import SandboxCore
import Synchronization

/// Turns signals into requests to stop, on a thread of its own, so that nothing that blocks elsewhere can hold them up.
///
/// The handlers only write the signal's number into a pipe. Blocking the signals and waiting for them would not do: an
/// asynchronous `main` leaves its thread to Dispatch, which waits there with all signals unblocked.
///
/// The first TERM, INT or HUP asks the session to stop; a second one hurries it; a third, or QUIT, ends the process at
/// once. From the first stop on (whatever its reason) the same thread guarantees that the process is gone after the
/// grace time.
final class SignalMonitor: Sendable {
  private struct State {
    var stops = 0
    var grace: Duration = .seconds(8)
    var forcedExit: (@Sendable (ExitCode) -> Void)?
    var onReport: (@Sendable () -> Void)?
    var onHurry: (@Sendable () -> Void)?
    var code: ExitCode = .terminated
  }

  private let stop: StopControl
  private let pipeReadEnd: Int32
  private let state = Mutex(State())

  /// Installs the handlers and starts the thread that acts on them. Call it before anything else.
  init(stop: StopControl) {
    self.stop = stop
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    var ends: [Int32] = [-1, -1]
    pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    pipeReadEnd = ends[0]
    signalPipe = ends[1]
    startThread()
    for number in [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM] {
      if number == SIGHUP, Self.isIgnored(number) { continue }
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(signalPipe, &byte, 1)
      }
      action.sa_flags = SA_RESTART
      sigaction(number, &action, nil)
    }
    // A supervisor may have started us with signals blocked.
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var old = sigaction()
    sigaction(number, nil, &old)
    return old.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) } == 1
  }

  private func startThread() {
    let context = Unmanaged.passRetained(self).toOpaque()
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<SignalMonitor>.fromOpaque(context).takeUnretainedValue().loop()
        return nil
      }, context)
    pthread_detach(thread)
  }

  /// What to do when the grace time is over (the last record of how it ended), for a status report, and for hurrying.
  func configure(
    grace: Duration, forcedExit: @escaping @Sendable (ExitCode) -> Void, onReport: @escaping @Sendable () -> Void,
    onHurry: @escaping @Sendable () -> Void
  ) {
    state.withLock {
      $0.grace = grace
      $0.forcedExit = forcedExit
      $0.onReport = onReport
      $0.onHurry = onHurry
    }
  }

  /// Makes sure that the process is gone with this code after `delay`, whatever hangs.
  func guaranteeExit(with code: ExitCode, after delay: Duration) {
    state.withLock { $0.code = code }
    var timer = itimerval()
    let microseconds = max(1_000, delay.milliseconds * 1_000)
    timer.it_value = timeval(tv_sec: Int(microseconds / 1_000_000), tv_usec: Int(microseconds % 1_000_000))
    setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
  }

  private func loop() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while true {
      let count = read(pipeReadEnd, &bytes, bytes.count)
      guard count > 0 else { continue }
      for number in bytes[..<count] { handle(Int32(number)) }
    }
  }

  private func handle(_ number: Int32) {
    switch number {
    case SIGTERM: stopRequested(StopReason(.terminate, "SIGTERM"), .terminated)
    case SIGINT: stopRequested(StopReason(.interrupt, "SIGINT"), .interrupted)
    case SIGHUP: stopRequested(StopReason(.hangup, "SIGHUP"), .hangup)
    case SIGQUIT: exitNow(.terminated)
    case SIGALRM: exitNow(state.withLock { $0.code })
    case SIGUSR1: state.withLock { $0.onReport }?()
    case SIGUSR2: StandardError.write("SIGUSR2: pausing is not available in this version; the session goes on")
    default: break
    }
  }

  private func stopRequested(_ reason: StopReason, _ code: ExitCode) {
    let (count, grace, hurry) = state.withLock { state in
      state.stops += 1
      return (state.stops, state.grace, state.onHurry)
    }
    switch count {
    case 1:
      StandardError.write("[Main] \(reason.detail) received, cancelling session")
      guaranteeExit(with: code, after: max(.milliseconds(500), grace - .milliseconds(500)))
      stop.requestStop(reason)
    case 2:
      StandardError.write("[Main] \(reason.detail) received again: ending without sync")
      guaranteeExit(with: code, after: .seconds(1))
      hurry?()
    default: exitNow(code)
    }
  }

  /// Leaves a last record and ends the process; if even the record hangs, another thread ends it half a second later.
  private func exitNow(_ code: ExitCode) {
    let number = UnsafeMutableRawPointer(bitPattern: Int(code.rawValue) + 1)
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { number in
        usleep(500_000)
        _exit(Int32(Int(bitPattern: number) - 1))
      }, number)
    state.withLock { $0.forcedExit }?(code)
    _exit(code.rawValue)
  }
}

/// Where the handlers write; set once before they are installed.
private nonisolated(unsafe) var signalPipe: Int32 = -1
