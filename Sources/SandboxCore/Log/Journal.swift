/// Where events become durable. One writer; the order of calls is the order of the journal.
package protocol Journal: Sendable {
  /// Makes the records durable, all of them or none, in this order.
  ///
  /// - Throws: `.io`. After that nothing is known about what was kept: the session must stop and recover, never retry.
  func commit(_ records: [EventRecord]) async throws(SandboxError)
}

/// A journal that keeps its records in memory: for tests and for measuring what is not the disk.
package actor InMemoryJournal: Journal {
  package private(set) var records: [EventRecord] = []

  package init() {}

  package func commit(_ records: [EventRecord]) { self.records += records }
}
