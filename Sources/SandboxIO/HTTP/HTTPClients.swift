internal import AsyncHTTPClient

/// The clients that are open, by route. Those that are pinned to an address are kept as long as there are not many.
struct HTTPClients {
  private struct Entry {
    let client: HTTPClient
    var leases = 0
    var lastUse = 0
  }

  private static let maximumPinned = 64

  private var entries: [HTTPRoute: Entry] = [:]
  private var uses = 0

  var all: [HTTPClient] { entries.values.map(\.client) }

  mutating func lease(_ route: HTTPRoute, make: () -> HTTPClient) -> HTTPClient {
    var entry = entries[route] ?? Entry(client: make())
    uses += 1
    entry.leases += 1
    entry.lastUse = uses
    entries[route] = entry
    return entry.client
  }

  /// - Returns: a client that is not needed any more, to be shut down.
  mutating func release(_ route: HTTPRoute) -> HTTPClient? {
    entries[route]?.leases -= 1
    guard entries.count > Self.maximumPinned else { return nil }
    let pinned = entries.filter { $0.key.pin != nil }
    guard pinned.count > Self.maximumPinned,
      let oldest = pinned.filter({ $0.value.leases == 0 }).min(by: { $0.value.lastUse < $1.value.lastUse })
    else { return nil }
    entries[oldest.key] = nil
    return oldest.value.client
  }
}
