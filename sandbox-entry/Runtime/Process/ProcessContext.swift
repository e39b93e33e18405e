import SandboxCore
import SandboxIO

/// What every command gets from the process it runs in.
struct ProcessContext: Sendable {
  let stop: StopControl
  /// Asked to stop when even shutting down must be cut short.
  let hurry = StopControl()
  let signals: SignalMonitor
  let environment: [String: String]
  /// What the guard has told us; nil when none has started us.
  let guardLink: GuardLink?

  init(stop: StopControl, signals: SignalMonitor, environment: [String: String], guardLink: GuardLink?) {
    self.stop = stop
    self.signals = signals
    self.environment = environment
    self.guardLink = guardLink
  }
}
