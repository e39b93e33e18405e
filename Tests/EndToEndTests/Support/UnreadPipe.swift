import Glibc
import SandboxCore

/// A named pipe that somebody holds open and never reads: full from the start, so that the next byte would block.
final class UnreadPipe: Sendable {
  let path: String
  private let descriptor: Int32

  init(_ name: String, in folder: Folder, isFull: Bool = true) throws {
    path = "\(folder.path)/\(name)"
    guard mkfifo(path, 0o600) == 0 else { throw SandboxError(.io, "no pipe at \(path)") }
    descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw SandboxError(.io, "cannot open \(path)") }
    guard isFull else { return }
    let block = [UInt8](repeating: UInt8(ascii: "."), count: 4096)
    while write(descriptor, block, block.count) > 0 {}
  }

  deinit { close(descriptor) }
}
