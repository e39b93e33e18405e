import SandboxCore

/// What every command gets from the process it runs in.
struct ProcessContext: Sendable {
  let stop: StopControl
  /// Asked to stop when even shutting down must be cut short.
  let hurry = StopControl()
  let signals: SignalMonitor
  let environment: [String: String]

  init(stop: StopControl, signals: SignalMonitor, environment: [String: String]) {
    self.stop = stop
    self.signals = signals
    self.environment = environment
  }
}
