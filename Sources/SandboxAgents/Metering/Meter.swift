package import SandboxCore

/// What all metered models of a session share: the ledger, the limits, the clock and the gates.
package struct Meter: Sendable {
  package let log: SessionLog
  package let stop: StopControl
  package let limits: ExecutionLimits
  package let deadline: Deadline
  package let time: TimeSource
  /// The session's calls a minute, shared with the tools that call an API.
  let calls: CallRateGate
  package let governor: RateGovernor
  let retry: RetryPolicy
  /// Sent with each call when it is configured; nil leaves it to the provider.
  let temperature: Double?
  /// Those who wait for money wait in a row, so that a large call is not overtaken for ever by small ones.
  let queue = PermitGate(permits: 1)

  package init(
    log: SessionLog, stop: StopControl, limits: ExecutionLimits, deadline: Deadline, calls: CallRateGate,
    governor: RateGovernor, time: TimeSource, retry: RetryPolicy = RetryPolicy(),
    temperature: Double? = nil
  ) {
    self.log = log
    self.stop = stop
    self.limits = limits
    self.deadline = deadline
    self.calls = calls
    self.governor = governor
    self.time = time
    self.retry = retry
    self.temperature = temperature
  }
}
