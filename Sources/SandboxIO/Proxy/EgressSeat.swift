internal import Synchronization

/// What a connection is counted as, from its beginning to its end: first as a stranger, then as one of its grant.
final class EgressSeat: Sendable {
  private enum Place {
    case stranger
    case grant(EgressGrant, ticket: Int)
  }

  private let table: EgressGrantTable
  private let place = Mutex(Place.stranger)

  /// Nil when there are too many strangers; else ``leave()`` must follow.
  init?(_ table: EgressGrantTable, limit: Int) {
    guard table.admitStranger(limit: limit) else { return nil }
    self.table = table
  }

  /// - Throws: 407 when the grant is not in force any more, 503 when it has too many connections.
  func take(_ grant: EgressGrant, _ watch: EgressWatch) throws(EgressRefusal) {
    let ticket = try grant.open(watch)
    place.withLock { $0 = .grant(grant, ticket: ticket) }
    table.strangerLeft()
  }

  func leave() {
    switch place.withLock({ $0 }) {
    case .stranger: table.strangerLeft()
    case .grant(let grant, let ticket): grant.close(ticket)
    }
  }
}
