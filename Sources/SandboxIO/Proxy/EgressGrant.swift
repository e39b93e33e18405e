internal import SandboxCore
internal import Synchronization

/// What one tool call may reach through an ``EgressProxy``, and what it did with it.
///
/// Whoever knows the token has the grant: it belongs into the environment of the call's process and nowhere else. A grant
/// is in force until it is revoked or the proxy is shut down.
package final class EgressGrant: Sendable {
  private struct State {
    var isRevoked = false
    var usage = EgressUsage()
    var nextTicket = 0
    var open: [Int: EgressWatch] = [:]
  }

  /// `http://call:TOKEN@127.0.0.1:PORT`.
  package let url: String
  /// Of 127.0.0.1, on which the proxy listens.
  package let port: Int
  /// As `Proxy-Authorization: Basic` has them.
  let credentials: String
  let limits: EgressLimits
  private let rules: [EgressRule]
  private let table: EgressGrantTable
  private let state = Mutex(State())

  init(_ rules: [EgressRule], port: Int, limits: EgressLimits, table: EgressGrantTable) {
    let token = Self.token()
    self.port = port
    url = "http://call:\(token)@127.0.0.1:\(port)"
    credentials = Base64.encode(Array("call:\(token)".utf8))
    self.limits = limits
    self.rules = rules
    self.table = table
  }

  /// The variables by which programs find a proxy, all with ``url``. `NO_PROXY` is not among them and must not be set.
  package var environment: [(String, String)] {
    ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"].map { ($0, url) }
  }

  /// So far; when the grant has been revoked it does not change any more.
  package var usage: EgressUsage { state.withLock { $0.usage } }

  /// Ends the grant for ever: no new connection is taken, and those that are open are closed at once. May be repeated.
  package func revoke() {
    table.remove(self)
    let open = state.withLock { state in
      state.isRevoked = true
      defer { state.open = [:] }
      return Array(state.open.values)
    }
    for watch in open { watch.stop() }
  }

  /// Counts a connection until ``close(_:)``; it is stopped when the grant is revoked.
  func open(_ watch: EgressWatch) throws(EgressRefusal) -> Int {
    let result = state.withLock { state -> Result<Int, EgressRefusal> in
      if state.isRevoked { return .failure(.unauthorized) }
      if state.open.count >= limits.connections { return .failure(.tooMany(limits.connections)) }
      state.nextTicket += 1
      state.open[state.nextTicket] = watch
      return .success(state.nextTicket)
    }
    return try result.get()
  }

  func close(_ ticket: Int) { state.withLock { $0.open[ticket] = nil } }

  /// - Throws: 403 unless a rule allows the destination.
  func check(_ destination: EgressDestination) throws(EgressRefusal) {
    guard rules.contains(where: { $0.allows(destination) }) else { throw .denied(destination) }
  }

  func record(_ change: (inout EgressUsage) -> Void) {
    state.withLock { state in
      if !state.isRevoked { change(&state.usage) }
    }
  }

  /// 128 bits of the system's generator.
  private static func token() -> String {
    let digits = String(UInt128.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 32 - digits.utf8.count) + digits
  }
}
