internal import Glibc
package import SandboxCore

/// Files that are replaced as a whole: whoever reads one sees the old contents or the new, also after a crash.
package enum AtomicFile {
  /// Writes a file by way of a temporary one beside it. Blocks. With `durable`, contents and name are on the disk when
  /// this returns. After an error the old file is as it was and no temporary file is left.
  package static func write(
    _ bytes: [UInt8], to path: String, mode: UInt32 = 0o600, durable: Bool = true
  ) throws(SandboxError) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), !path.utf8.contains(0) else {
      throw SandboxError(.invalidArgument, "cannot write \(path.forMessage): not an absolute path")
    }
    let folder = path[...slash]
    let temporary = "\(folder).tmp-\(String(UInt64.random(in: .min ... .max), radix: 16))"
    let number = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    guard number >= 0 else { throw SystemError.current.failure("write", path) }
    let file = OwnedDescriptor(number)
    do throws(SystemError) {
      try write(bytes, to: file.number)
      try check(fchmod(file.number, mode))
      if durable { try check(fsync(file.number)) }
      try check(rename(temporary, path))
    } catch {
      unlink(temporary)
      throw error.failure("write", path)
    }
    if durable { try syncFolder(String(folder)) }
  }

  /// Makes durable which names a folder has: after a file was created, renamed or removed in it.
  package static func syncFolder(_ path: String) throws(SandboxError) {
    let number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw SystemError.current.failure("open the folder", path) }
    let folder = OwnedDescriptor(number)
    guard fsync(folder.number) == 0 else { throw SystemError.current.failure("sync the folder", path) }
  }

  private static func write(_ bytes: [UInt8], to number: Int32) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw SystemError.current
      }
    }
  }

  private static func check(_ result: Int32) throws(SystemError) {
    if result != 0 { throw SystemError.current }
  }
}
