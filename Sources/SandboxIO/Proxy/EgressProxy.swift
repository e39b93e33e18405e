package import SandboxCore
internal import Synchronization

/// A forward proxy on 127.0.0.1 for the processes of tools, which lets each call reach the hosts that its manifest lists.
///
/// It speaks HTTP/1.1: `CONNECT` opens a tunnel, and a request for an `http://` URL is passed on, one a connection.
/// Who a connection belongs to is told by the credentials in the proxy's URL (``EgressGrant/environment``); without them
/// there is 407, for a host that is not listed 403 with a line that says so. Names are looked up here, once, and only if
/// they are listed; all addresses of the answer must be allowed by the ``AddressPolicy``, and the connection goes to one of
/// them. Redirects are not followed: the client comes again. What is in a tunnel is not looked at.
///
/// Nothing is started before the first grant. One object is enough for a process; end it with ``shutdown()`` or use
/// ``withProxy(policy:resolver:limits:time:isolation:_:)``. An object that is dropped closes everything by itself, in
/// the background.
package final class EgressProxy: Sendable {
  private enum State {
    case idle
    case running(SharedWork<EgressListener>)
    case shutDown
  }

  private let policy: AddressPolicy
  private let resolver: any AddressResolver
  private let limits: EgressLimits
  private let time: TimeSource
  private let socket: ListeningSocket?
  private let table = EgressGrantTable()
  private let state = Mutex(State.idle)
  /// Of those that were dropped: somebody has to close their connections.
  private static let dropped = BackgroundWork()

  /// - Parameter socket: where it listens; nil for a port of its own on 127.0.0.1.
  package init(
    policy: AddressPolicy = AddressPolicy(), resolver: any AddressResolver = SystemResolver(),
    limits: EgressLimits = EgressLimits(), time: TimeSource = .system, socket: ListeningSocket? = nil
  ) {
    self.socket = socket
    self.policy = policy
    self.resolver = resolver
    self.limits = limits
    self.time = time
  }

  deinit {
    table.shutdown()
    guard let listener = takeListener() else { return }
    Self.dropped.start { await Self.shutdown(listener) }
  }

  /// Lends a proxy to `body` and shuts it down afterwards, also when `body` throws or was cancelled.
  package static func withProxy<Value>(
    policy: AddressPolicy = AddressPolicy(), resolver: any AddressResolver = SystemResolver(),
    limits: EgressLimits = EgressLimits(), time: TimeSource = .system,
    isolation: isolated (any Actor)? = #isolation, _ body: (EgressProxy) async throws -> Value
  ) async rethrows -> Value {
    let proxy = EgressProxy(policy: policy, resolver: resolver, limits: limits, time: time)
    do {
      let value = try await body(proxy)
      await proxy.shutdown()
      return value
    } catch {
      await proxy.shutdown()
      throw error
    }
  }

  /// Gives out a grant, which must be revoked when the call has ended; starts the proxy if it is the first. A list
  /// without hosts allows nothing.
  ///
  /// - Parameter hosts: entries as ``EgressRule`` reads them.
  /// - Throws: `.invalidArgument`, naming the entry that is none; `.unavailable` when there can be no socket, and after
  ///   ``shutdown()``.
  package func register(hosts: [String]) async throws(SandboxError) -> EgressGrant {
    var rules: [EgressRule] = []
    for host in hosts { rules.append(try EgressRule(host)) }
    let grant = EgressGrant(rules, port: try await port(), limits: limits, table: table)
    try table.add(grant)
    return grant
  }

  /// Revokes all grants and closes everything; returns when it is closed. May be called repeatedly, and runs to its end
  /// in a cancelled task.
  package func shutdown() async {
    table.shutdown()
    if let listener = takeListener() { await Self.shutdown(listener) }
  }

  private static func shutdown(_ listener: SharedWork<EgressListener>) async {
    if case .success(let started) = await listener.end() { await started.shutdown() }
  }

  private func port() async throws(SandboxError) -> Int {
    let listener: SharedWork<EgressListener>? = state.withLock { state in
      switch state {
      case .shutDown: return nil
      case .running(let listener): return listener
      case .idle:
        let listener = start()
        state = .running(listener)
        return listener
      }
    }
    guard let listener else { throw EgressGrantTable.shutDown }
    do throws(SandboxError) {
      return try await listener.value().port
    } catch {
      // The next one may be luckier, unless it was only this one that did not wait.
      if error.code != .cancelled {
        state.withLock { if case .running(let present) = $0, present === listener { $0 = .idle } }
      }
      throw error
    }
  }

  /// Belongs to the proxy and not to the call that happens to need it first.
  private func start() -> SharedWork<EgressListener> {
    SharedWork { [policy, resolver, limits, time, table, socket] () throws(SandboxError) in
      do {
        return try await EgressListener(on: socket) { client, group in
          EgressConnection(
            client: client, table: table,
            connector: EgressConnector(
              group: group, policy: policy, resolver: resolver, limit: limits.connectTimeout, time: time),
            limits: limits, watch: EgressWatch(limits.headTimeout, time: time))
        }
      } catch {
        throw SandboxError(.unavailable, "the proxy for tools cannot be started", cause: error, retry: .backoff)
      }
    }
  }

  private func takeListener() -> SharedWork<EgressListener>? {
    state.withLock { state in
      defer { state = .shutDown }
      if case .running(let listener) = state { return listener }
      return nil
    }
  }
}
