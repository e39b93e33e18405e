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

  /// While a process starts a program, its environment cannot be read for a moment.
  private static let execDuration = Duration.milliseconds(20)

  /// Kills the orphans of one call: those in the session of its leader, and those with its marker. Killing one may
  /// bring up its children, so this goes on until none is found or `deadline` has passed.
  static func killOrphans(session: pid_t, marker: String?, deadline: Duration) {
    let start = ContinuousClock.now
    while true {
      var isUncertain = false
      let survivors = ChildRegistry.collectOrphans(killing: { process in
        if process.session == session { return true }
        guard let marker else { return false }
        let isMarked = ProcessTable.environment(of: process.pid, has: ProcessSpec.markerVariable, value: marker)
        isUncertain = isUncertain || isMarked == nil
        return isMarked ?? false
      })
      let waited = ContinuousClock.now - start
      guard waited < deadline, survivors > 0 || (isUncertain && waited < execDuration) else { return }
      usleep(500)
    }
  }
}
