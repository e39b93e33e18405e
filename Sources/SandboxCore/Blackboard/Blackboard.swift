/// The shared memory through which agents work together: versioned values by (namespace, key), each with its author.
package struct Blackboard: Sendable {
  package static let maximumValueBytes = 1 << 20
  package static let maximumKeyBytes = 512
  package static let maximumEntries = 100_000

  private let log: SessionLog

  package init(log: SessionLog) { self.log = log }

  /// Writes a value under the next version; durable when this returns.
  ///
  /// - Parameter expectedVersion: the version that must be there (0: nothing yet); nil writes whatever is there.
  /// - Throws: `.conflict` when another version is there; `.invalidArgument` for an empty, oversized or control-character
  ///   key or a value over 1 MiB.
  @discardableResult
  package func write(
    _ namespace: String, _ key: String, _ value: JSONValue, by agent: AgentID, metadata: JSONValue = .null,
    expectedVersion: Int? = nil, at time: Int64 = TimeSource.system.wallMilliseconds()
  ) async throws(SandboxError) -> BlackboardEntry {
    for (name, text) in [("namespace", namespace), ("key", key)] {
      guard !text.isEmpty, text.utf8.count <= Self.maximumKeyBytes,
        !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f })
      else {
        throw SandboxError(
          .invalidArgument,
          "blackboard \(name) must have 1 to \(Self.maximumKeyBytes) bytes and no control characters")
      }
    }
    guard value.utf8(.compact).count <= Self.maximumValueBytes else {
      throw SandboxError(
        .invalidArgument, "blackboard \(namespace)/\(key): the value is larger than \(Self.maximumValueBytes) bytes")
    }
    return try await log.transact(actor: agent) { state throws(SandboxError) in
      let present = state.blackboard[namespace]?[key]
      if let expectedVersion, expectedVersion != present?.version ?? 0 {
        throw SandboxError(
          .conflict,
          "blackboard \(namespace)/\(key) is at version \(present?.version ?? 0), not \(expectedVersion); read it again"
        )
      }
      if present == nil, state.blackboard.values.reduce(0, { $0 + $1.count }) >= Self.maximumEntries {
        throw SandboxError(.limitExceeded, "the blackboard is full: \(Self.maximumEntries) entries")
      }
      let entry = BlackboardEntry(
        namespace: namespace, key: key, value: value, version: (present?.version ?? 0) + 1, agentID: agent,
        metadata: metadata, createdAt: present?.createdAt ?? time, updatedAt: time)
      return ([.blackboardWritten(entry)], entry)
    }
  }

  package func read(_ namespace: String, _ key: String) -> BlackboardEntry? {
    log.read { $0.blackboard[namespace]?[key] }
  }

  /// Entries that match all that is given, in order of namespace and key.
  ///
  /// - Parameters:
  ///   - namespace: a name, or a glob as `gathering:*`.
  ///   - key: a name or a glob.
  ///   - text: case-insensitive part of the key or of the value's text.
  package func search(namespace: String? = nil, key: String? = nil, text: String? = nil, limit: Int = 100)
    -> [BlackboardEntry]
  {
    guard limit > 0 else { return [] }
    let (namespace, key, needle) = (namespace.map(Glob.init), key.map(Glob.init), text?.lowercased())
    var found: [BlackboardEntry] = []
    let board = log.read { $0.blackboard }
    for (name, entries) in board.sorted(by: { $0.key < $1.key }) {
      if let namespace, !namespace.matches(name) { continue }
      for (_, entry) in entries.sorted(by: { $0.key < $1.key }) {
        if let key, !key.matches(entry.key) { continue }
        if let needle, !needle.isEmpty, !entry.key.lowercased().contains(needle),
          !(entry.value.stringValue ?? entry.value.text(.compact)).lowercased().contains(needle)
        {
          continue
        }
        found.append(entry)
        if found.count == limit { return found }
      }
    }
    return found
  }
}
