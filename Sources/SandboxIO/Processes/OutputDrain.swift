internal import Glibc

/// Reads one output stream of a child into a capture until the stream ends.
struct OutputDrain: ~Copyable {
  /// Nil once the stream has ended.
  private var stream: OwnedDescriptor?
  private(set) var capture: OutputCapture

  init(_ stream: consuming OwnedDescriptor?, _ limits: OutputLimits) {
    self.stream = stream
    capture = OutputCapture(limits)
  }

  /// The descriptor to wait for; -1 once the stream has ended.
  var descriptor: Int32 {
    switch stream {
    case .some(let stream): stream.number
    case nil: -1
    }
  }

  var isOpen: Bool { descriptor >= 0 }

  /// Reads what is there, at most one buffer.
  mutating func read(with buffer: UnsafeMutableRawBufferPointer) {
    let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    if count > 0 {
      capture.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
      stream = nil
    }
  }
}
