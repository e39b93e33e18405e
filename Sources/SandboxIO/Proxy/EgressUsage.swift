/// What a tool's process has done with its grant, for the record of the call. Lists are bounded.
package struct EgressUsage: Sendable, Hashable {
  /// Sent to hosts: bodies and tunnelled bytes, and the heads of plain requests.
  package private(set) var bytesUp = 0
  /// Received from hosts.
  package private(set) var bytesDown = 0
  /// Connections that were made to hosts.
  package private(set) var connections = 0
  /// `host:port` of the first different hosts that were connected to.
  package private(set) var hosts: [String] = []
  /// Whether there were more different hosts than are kept.
  package private(set) var hasMoreHosts = false
  /// Requests for hosts that are not allowed.
  package private(set) var refusals = 0
  /// `host:port` of the latest different ones, the latest at the end.
  package private(set) var lastRefused: [String] = []

  package init() {}

  /// In a few words, for the record of a call; nil when nothing was tried. The names are what the program asked for.
  package var summary: String? {
    var parts: [String] = []
    if !hosts.isEmpty {
      let more = hasMoreHosts ? " and more" : ""
      parts.append("reached \(hosts.joined(separator: " "))\(more), \(bytesUp) bytes up, \(bytesDown) down")
    }
    if refusals > 0 { parts.append("refused \(refusals), last \(lastRefused.joined(separator: " "))") }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  mutating func send(_ bytes: Int) { bytesUp += bytes }

  mutating func receive(_ bytes: Int) { bytesDown += bytes }

  mutating func connect(to host: String, limit: Int) {
    connections += 1
    if hosts.contains(host) { return }
    if hosts.count < limit { hosts.append(host) } else { hasMoreHosts = true }
  }

  mutating func refuse(_ host: String, limit: Int) {
    refusals += 1
    lastRefused.removeAll { $0 == host }
    lastRefused.append(host)
    if lastRefused.count > limit { lastRefused.removeFirst() }
  }
}
