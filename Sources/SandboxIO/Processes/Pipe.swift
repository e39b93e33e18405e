internal import CSandbox
import SandboxCore

/// Both ends of a pipe, neither of which a child inherits by accident.
struct Pipe: ~Copyable {
  let reading: OwnedDescriptor
  let writing: OwnedDescriptor

  init() throws(SandboxError) {
    var ends: (Int32, Int32) = (-1, -1)
    let result = withUnsafeMutableBytes(of: &ends) { csb_pipe($0.assumingMemoryBound(to: Int32.self).baseAddress) }
    guard result == 0 else {
      let cause = SystemError.current
      throw SandboxError(
        .unavailable, "cannot start a process: no pipe for its streams: \(cause)", cause: cause, retry: .backoff)
    }
    reading = OwnedDescriptor(ends.0)
    writing = OwnedDescriptor(ends.1)
  }

  consuming func takeReading() -> OwnedDescriptor { reading }
  consuming func takeWriting() -> OwnedDescriptor { writing }
}
