import CSandbox
import Glibc
import SandboxCore
import SandboxIO
import Synchronization

/// Turns signals into requests to stop, on a thread of its own, so that nothing that blocks elsewhere can hold them up.
///
/// The handlers only write the signal's number into a pipe. Blocking the signals and waiting for them would not do: an
/// asynchronous `main` leaves its thread to Dispatch, which waits there with all signals unblocked.
///
/// The guard passes on what the supervisor sends. What reaches us from elsewhere, because it was sent to the whole group,
/// goes to the guard, which knows whether it has seen it: else one signal would count as two.
///
/// The first TERM, INT or HUP asks the session to stop; a second one hurries it; a third, or QUIT, ends the process at
/// once. From the first stop on (whatever its reason) the same thread guarantees that the process is gone after the
/// grace time.
final class SignalMonitor: Sendable {
  private struct State {
    var stops = 0
    /// On the monotonic clock.
    var exitAt: Duration?
    var grace: Duration = .seconds(8)
    var forcedExit: (@Sendable () -> Int32)?
    var onReport: (@Sendable () -> Void)?
    var onHurry: (@Sendable () -> Void)?
  }

  private let stop: StopControl
  private let pipeReadEnd: Int32
  private let state = Mutex(State())

  /// Installs the handlers and starts the thread that acts on them. Call it before anything else.
  ///
  /// - Parameter supervisor: the guard, the one whose signals count; nil when everybody's do.
  init(stop: StopControl, supervisor: pid_t?) {
    self.stop = stop
    guardProcess = supervisor ?? 0
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    var ends: [Int32] = [-1, -1]
    pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    pipeReadEnd = ends[0]
    signalPipe = ends[1]
    guard DedicatedThread.start({ self.loop() }) else {
      // The default dispositions are better than handlers that nobody listens to.
      StandardError.write("sandbox-entry: no thread is left; signals end the process at once")
      return
    }
    for number in [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM]
      + (supervisor.map { _ in [forwarded] } ?? [])
    {
      if number == SIGHUP, Self.isIgnored(number) { continue }
      var action = sigaction()
      action.__sigaction_handler.sa_sigaction = { number, information, _ in
        let interrupted = errno
        var byte = UInt8(truncatingIfNeeded: number)
        if number == forwarded {
          let isFromGuard = information?.pointee._sifields._rt.si_pid == guardProcess
          byte =
            isFromGuard ? UInt8(truncatingIfNeeded: information?.pointee._sifields._rt.si_sigval.sival_int ?? 0) : 0
        } else if guardProcess != 0, number != SIGALRM {
          byte |= strayBit
        }
        _ = write(signalPipe, &byte, 1)
        errno = interrupted
      }
      action.sa_flags = SA_RESTART | SA_SIGINFO
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

  /// What to do for a status report and for hurrying, and when the grace time is over: `forcedExit` leaves the last
  /// record of how it ended and returns the code that agrees with it.
  func configure(
    grace: Duration, forcedExit: @escaping @Sendable () -> Int32, onReport: @escaping @Sendable () -> Void,
    onHurry: @escaping @Sendable () -> Void
  ) {
    state.withLock {
      $0.grace = grace
      $0.forcedExit = forcedExit
      $0.onReport = onReport
      $0.onHurry = onHurry
    }
  }

  /// Makes sure that the process is gone after `delay`, whatever hangs. An earlier end that was promised stands.
  func guaranteeExit(after delay: Duration) {
    let end = TimeSource.system.monotonic() + delay
    let isEarlier = state.withLock { state in
      if let promised = state.exitAt, promised <= end { return false }
      state.exitAt = end
      return true
    }
    guard isEarlier else { return }
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
      for byte in bytes[..<count] {
        let number = Int32(byte & ~strayBit)
        if byte & strayBit != 0, kill(guardProcess, number) == 0 { continue }
        handle(number)
      }
    }
  }

  private func handle(_ number: Int32) {
    switch number {
    case SIGTERM: stopRequested(StopReason(.terminate, "SIGTERM"))
    case SIGINT: stopRequested(StopReason(.interrupt, "SIGINT"))
    case SIGHUP: stopRequested(StopReason(.hangup, "SIGHUP"))
    case SIGQUIT: exitNow(StopReason(.terminate, "SIGQUIT"))
    case SIGALRM: exitNow(StopReason(.duration, "the session did not end in time"))
    case SIGUSR1: state.withLock { $0.onReport }?()
    case SIGUSR2: StandardError.write("SIGUSR2: pausing is not available in this version; the session goes on")
    default: break
    }
  }

  private func stopRequested(_ reason: StopReason) {
    let (count, grace, hurry) = state.withLock { state in
      state.stops += 1
      return (state.stops, state.grace, state.onHurry)
    }
    switch count {
    case 1:
      StandardError.write("[Main] \(reason.detail) received, cancelling session")
      guaranteeExit(after: max(.milliseconds(500), grace - .milliseconds(500)))
      stop.requestStop(reason)
    case 2:
      StandardError.write("[Main] \(reason.detail) received again: ending without sync")
      guaranteeExit(after: .seconds(1))
      hurry?()
    default: exitNow(reason)
    }
  }

  /// Leaves a last record and ends the process; if even the record hangs, another thread ends it half a second later.
  ///
  /// - Parameter reason: counts when there was none before; the code is that of the reason that counts.
  private func exitNow(_ reason: StopReason) {
    stop.requestStop(reason)
    let code = Outcome(stop: stop.reason ?? reason, isSynced: false).exitCode.rawValue
    _ = DedicatedThread.start {
      usleep(500_000)
      _exit(code)
    }
    _exit(state.withLock { $0.forcedExit }?() ?? code)
  }
}

/// Where the handlers write; set once before they are installed.
private nonisolated(unsafe) var signalPipe: Int32 = -1

/// The guard; 0 when there is none. Set once before the handlers are installed.
private nonisolated(unsafe) var guardProcess: pid_t = 0

/// By which the guard passes a signal on, as its value.
private let forwarded = Int32(CSB_FORWARD_SIGNAL)

/// Marks a signal that did not come by the guard.
private let strayBit: UInt8 = 0x80
