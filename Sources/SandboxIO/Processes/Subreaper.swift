internal import CSandbox
internal import Glibc
package import SandboxCore

/// Keeps processes that escape from their parent within reach: they become our children, and are killed and collected.
package enum Subreaper {
  /// Makes this process the parent of orphaned descendants, from now on. Call it before the first child is started.
  package static func enable() throws(SandboxError) {
    guard csb_become_subreaper() == 0 else {
      let cause = SystemError.current
      throw SandboxError(.unsupported, "cannot become a subreaper: \(cause)", cause: cause)
    }
  }

  /// Kills every process below this one, or below one of its descendants, and collects the orphans, until none is left
  /// or `deadline` has passed. Blocks: call it from a thread that may wait. Children of a ``ProcessRunner`` are killed
  /// too, and end with a result. What a process starts just before it dies becomes our child, so only a sweep below
  /// this process itself misses nothing. Gives the number of processes that are left.
  @discardableResult
  package static func sweep(below ancestor: Int32 = getpid(), deadline: Duration) -> Int {
    let end = ContinuousClock.now + deadline
    while true {
      let descendants = ProcessTable.descendants(of: ancestor)
      for process in descendants where !process.isZombie { kill(process.pid, SIGKILL) }
      ChildRegistry.collectOrphans()
      if descendants.isEmpty || ContinuousClock.now >= end { return descendants.count }
      usleep(1_000)
    }
  }

  /// Kills the orphans of one call: those in the session of its leader, and those with its marker. Killing one may
  /// bring up its children, so this goes on until none is found or `deadline` has passed.
  static func killOrphans(session: pid_t, marker: String?, deadline: Duration) {
    let end = ContinuousClock.now + deadline
    while ChildRegistry.collectOrphans(killing: { process in
      process.session == session
        || marker.map {
          ProcessTable.environment(of: process.pid, has: ProcessSpec.markerVariable, value: $0)
        } ?? false
    }) > 0, ContinuousClock.now < end {
      usleep(500)
    }
  }
}
