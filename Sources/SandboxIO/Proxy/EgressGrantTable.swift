internal import SandboxCore
internal import Synchronization

/// The grants that are in force, and the connections that have shown none yet.
final class EgressGrantTable: Sendable {
  private struct State {
    var grants: [String: EgressGrant] = [:]
    var strangers = 0
    var isShutDown = false
  }

  private let state = Mutex(State())

  /// - Throws: `.unavailable` after the proxy was shut down.
  func add(_ grant: EgressGrant) throws(SandboxError) {
    let isAdded = state.withLock { state in
      if !state.isShutDown { state.grants[grant.credentials] = grant }
      return !state.isShutDown
    }
    guard isAdded else { throw Self.shutDown }
  }

  /// - Parameter credentials: as `Proxy-Authorization: Basic` has them. They hold 128 random bits: whoever does not know
  ///   them learns nothing from the time that this takes.
  func grant(for credentials: String) -> EgressGrant? { state.withLock { $0.grants[credentials] } }

  func remove(_ grant: EgressGrant) { state.withLock { $0.grants[grant.credentials] = nil } }

  func shutdown() {
    let grants = state.withLock { state in
      state.isShutDown = true
      return Array(state.grants.values)
    }
    for grant in grants { grant.revoke() }
  }

  /// Whether there is room for one more connection of which nothing is known; if so, ``strangerLeft()`` must follow.
  func admitStranger(limit: Int) -> Bool {
    state.withLock { state in
      guard state.strangers < limit else { return false }
      state.strangers += 1
      return true
    }
  }

  func strangerLeft() { state.withLock { $0.strangers -= 1 } }

  static let shutDown = SandboxError(.unavailable, "the proxy for tools has been shut down")
}
