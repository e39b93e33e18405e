internal import CSandbox
import SandboxCore

/// Two sockets that are connected: ours, and the one for a child's init.
struct StreamPair: ~Copyable {
  let own: OwnedDescriptor
  let theirs: OwnedDescriptor

  init() throws(SandboxError) {
    var ends: (Int32, Int32) = (-1, -1)
    let result = withUnsafeMutableBytes(of: &ends) {
      csb_stream_sockets($0.assumingMemoryBound(to: Int32.self).baseAddress)
    }
    guard result == 0 else {
      let cause = SystemError.current
      throw SandboxError(
        .unavailable, "cannot start a process: no socket for its init: \(cause)", cause: cause, retry: .backoff)
    }
    own = OwnedDescriptor(ends.0)
    theirs = OwnedDescriptor(ends.1)
  }

  consuming func takeOwn() -> OwnedDescriptor { own }
}
