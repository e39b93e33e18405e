internal import CSandbox
internal import Glibc
import Synchronization

/// Knows which of our children are run by somebody here, so that orphans, which a subreaper inherits, can be collected
/// without stealing anybody's exit status. An orphan is a child that is not known here and not of our session: every
/// child that is started here has a session of its own, and its descendants cannot come back to ours.
enum ChildRegistry {
  private struct State {
    var owned: Set<pid_t> = []
    /// Children that may exist but are not in `owned` yet.
    var starting = 0
  }

  private static let state = Mutex(State())

  /// Starts a child and takes it into the registry. Blocks until the child has executed its program.
  static func spawn(
    path: String, argv: UnsafePointer<UnsafeMutablePointer<CChar>?>, envp: UnsafePointer<UnsafeMutablePointer<CChar>?>,
    directory: String, streams: (Int32, Int32, Int32), noNewPrivileges: Bool
  ) -> csb_spawn_result {
    path.withCString { path in
      directory.withCString { directory in
        var request = csb_spawn_request(
          path: path, argv: argv, envp: envp, directory: directory, input: streams.0, output: streams.1,
          error: streams.2, no_new_privileges: noNewPrivileges)
        var result = csb_spawn_result()
        state.withLock { $0.starting += 1 }
        let failed = csb_spawn(&request, &result) != 0
        state.withLock { state in
          state.starting -= 1
          if !failed { state.owned.insert(result.pid) }
        }
        return result
      }
    }
  }

  /// Collects the exit status of an owned child that has exited, and forgets the child; nil while it runs. Throws when
  /// somebody else has taken the status.
  static func reap(_ pid: pid_t) throws(SystemError) -> ProcessResult.Status? {
    try state.withLock { (state) throws(SystemError) in
      var signaled = false
      var status: Int32 = 0
      let collected = csb_reap(pid, false, &signaled, &status)
      if collected == 0 { return nil }
      let failure = SystemError.current
      state.owned.remove(pid)
      if collected < 0 { throw failure }
      return signaled ? .signaled(status) : .exited(status)
    }
  }

  /// Collects every orphan that has exited, and sends SIGKILL to those that `mustDie` selects. Gives the number of
  /// selected ones that were still there.
  @discardableResult
  static func collectOrphans(killing mustDie: (ProcessTable.Entry) -> Bool = { _ in false }) -> Int {
    // Under the lock, so that a child cannot be collected, and its number be given to another, in between.
    state.withLock { state in
      var survivors = 0
      let ownSession = getsid(0)
      for pid in ProcessTable.adoptedChildren() where !state.owned.contains(pid) {
        guard let entry = ProcessTable.entry(of: pid), entry.session != ownSession else { continue }
        if entry.isZombie {
          guard state.starting == 0 else { continue }
          var signaled = false
          var status: Int32 = 0
          _ = csb_reap(pid, false, &signaled, &status)
        } else if mustDie(entry) {
          kill(pid, SIGKILL)
          survivors += 1
        }
      }
      return survivors
    }
  }
}
