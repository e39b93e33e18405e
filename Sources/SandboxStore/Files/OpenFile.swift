import Glibc
internal import SandboxCore

/// A file descriptor that is closed when its owner goes.
struct OpenFile: ~Copyable {
  let path: String
  let descriptor: Int32

  /// Never inherited by children, and never follows a link in the last component.
  init(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(SandboxError) {
    var descriptor: Int32
    repeat { descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode) } while descriptor < 0 && errno == EINTR
    guard descriptor >= 0 else { throw .file("open", path) }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  func write(_ bytes: [UInt8]) throws(SandboxError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .file("write", path, count == 0 ? EIO : errno) }
      written += count
    }
  }

  /// The first bytes of the file, at most `limit`.
  func read(limit: Int) throws(SandboxError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    var filled = 0
    while filled < limit {
      let count = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress?.advanced(by: filled), limit - filled)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .file("read", path) }
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(limit - filled)
    return bytes
  }

  /// Returns once what was written would survive a loss of power.
  func sync() throws(SandboxError) {
    guard fsync(descriptor) == 0 else { throw .file("make durable", path) }
  }

  func size() throws(SandboxError) -> Int {
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw .file("look at", path) }
    return Int(information.st_size)
  }
}
