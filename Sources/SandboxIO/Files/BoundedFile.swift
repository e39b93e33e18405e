internal import Glibc
package import SandboxCore

/// Reads regular files of which nothing is known: a link, a pipe, a device or a file that is too large is an error and
/// never a wait. Blocks for the time of the reading.
package enum BoundedFile {
  package struct Window: Sendable, Hashable {
    package let bytes: [UInt8]
    /// Size of the whole file when it was opened.
    package let fileSize: Int
  }

  /// The whole file. Throws `limitExceeded` when it is larger than `limit` bytes, `invalidArgument` when it is no
  /// regular file. `name` is what errors call the file, as the user wrote it.
  package static func read(_ path: String, limit: Int, name: String? = nil) throws(SandboxError) -> [UInt8] {
    let name = name ?? path
    let file = try RegularFile(path, name)
    guard file.size <= limit else { throw tooLarge(name, limit) }
    // One byte more, so that a file that grows is noticed.
    let bytes = try file.read(offset: 0, length: min(limit, Int.max - 1) + 1)
    guard bytes.count <= limit else { throw tooLarge(name, limit) }
    return bytes
  }

  /// At most `length` bytes from `offset` on; empty behind the end of the file.
  package static func read(
    _ path: String, offset: Int, length: Int, name: String? = nil
  ) throws(SandboxError) -> Window {
    let name = name ?? path
    guard offset >= 0, length >= 0 else {
      throw SandboxError(.invalidArgument, "cannot read \(name.forMessage): offset and length must not be negative")
    }
    let file = try RegularFile(path, name)
    return Window(bytes: try file.read(offset: offset, length: length), fileSize: file.size)
  }

  private static func tooLarge(_ name: String, _ limit: Int) -> SandboxError {
    SandboxError(.limitExceeded, "cannot read \(name.forMessage): it is larger than the limit of \(limit) bytes")
  }
}

private struct RegularFile: ~Copyable {
  private let descriptor: OwnedDescriptor
  private let name: String
  let size: Int

  init(_ path: String, _ name: String) throws(SandboxError) {
    guard !path.utf8.contains(0) else { throw SystemError(EINVAL).failure("read", name) }
    // Without O_NONBLOCK opening a pipe would wait for a writer.
    let number = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard number >= 0 else { throw SystemError.current.failure("read", name) }
    let descriptor = OwnedDescriptor(number)
    var status = stat()
    guard fstat(number, &status) == 0 else { throw SystemError.current.failure("read", name) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SandboxError(.invalidArgument, "cannot read \(name.forMessage): not a regular file")
    }
    self.descriptor = descriptor
    self.name = name
    size = Int(status.st_size)
  }

  func read(offset: Int, length: Int) throws(SandboxError) -> [UInt8] {
    do throws(SystemError) {
      return try descriptor.read(at: offset, length: length, expecting: size - offset)
    } catch {
      throw error.failure("read", name)
    }
  }
}
