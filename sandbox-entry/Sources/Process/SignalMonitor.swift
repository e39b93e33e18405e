import Glibc
import SandboxCore
import Synchronization

/// Turns signals into requests to stop, on a thread of its own, so that nothing that blocks elsewhere can hold them up.
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
  private let state = Mutex(State())

  /// Blocks the signals for all threads to come and starts the thread that takes them. Call it before anything else.
  init(stop: StopControl) {
    self.stop = stop
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    var old = sigaction()
    sigaction(SIGHUP, nil, &old)
    let hangupIsIgnored = old.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) } == 1
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM] + (hangupIsIgnored ? [] : [SIGHUP]) {
      sigaddset(&set, number)
    }
    pthread_sigmask(SIG_BLOCK, &set, nil)
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
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGHUP] { sigaddset(&set, number) }
    while true {
      var number: Int32 = 0
      guard sigwait(&set, &number) == 0 else { continue }
      handle(number)
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
