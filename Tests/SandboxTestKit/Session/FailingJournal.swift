package import SandboxCore

/// A journal in memory whose commit with a given number fails, and all after it.
package actor FailingJournal: Journal {
  private let failsAt: Int?
  package private(set) var commits = 0
  package private(set) var records: [EventRecord] = []

  /// - Parameter failsAt: counted from 0; nil never fails.
  package init(failsAt: Int? = nil) { self.failsAt = failsAt }

  package func commit(_ records: [EventRecord]) throws(SandboxError) {
    defer { commits += 1 }
    if let failsAt, commits >= failsAt { throw SandboxError(.io, "the disk is full") }
    self.records += records
  }
}
