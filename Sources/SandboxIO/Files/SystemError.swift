internal import Glibc

/// An error number of the operating system; the `cause` of errors about files and processes.
package struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
  package let number: Int32

  package init(_ number: Int32) { self.number = number }

  /// The calling thread's `errno`.
  static var current: SystemError { SystemError(errno) }

  package var description: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      guard let base = buffer.baseAddress, strerror_r(number, base, buffer.count) == 0 else { return "error \(number)" }
      return String(cString: base)
    }
  }
}
