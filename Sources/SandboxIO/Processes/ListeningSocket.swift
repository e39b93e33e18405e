internal import Glibc

/// A TCP socket that somebody else has made and that listens already. It is closed when nobody has it any more.
package final class ListeningSocket: Sendable {
  private let number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { close(number) }

  /// Another descriptor of it, to be closed by the caller.
  ///
  /// - Throws: what the system says when no descriptor is left.
  func duplicate() throws(SystemError) -> Int32 {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw .current }
    return copy
  }
}
