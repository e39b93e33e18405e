/// What the owner asks for (`AGENT_ISOLATION`).
package enum IsolationMode: String, Sendable, Hashable, CaseIterable {
  /// Nothing runs that is not held by everything that we know.
  case required
  case bestEffort = "best-effort"
  /// Programs are only started cleanly and ended reliably.
  case off
}
