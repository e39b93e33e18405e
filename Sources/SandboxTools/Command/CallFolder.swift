import Dispatch
import Glibc
package import SandboxCore
import SandboxIO

/// A folder for one call of a command: its home, and where it puts temporary files.
package struct CallFolder: Sendable {
  package let path: String

  /// Far more than calls at the same time.
  private static let maximumNumber = 10_000

  /// Creates a new folder that only we may enter, under the first number that is free: the kernel keeps a place for each
  /// path that was ever shown to a program (`sandbox-entry/Guard/bind.h`), so they must not become more and more.
  package init(in parent: String) throws(SandboxError) {
    var number = 1
    while mkdir("\(parent)/call-\(number)", 0o700) != 0 {
      let cause = SystemError(errno)
      guard cause.number == EEXIST, number < Self.maximumNumber else {
        throw SandboxError(.unavailable, "cannot create a folder for the call in \(parent): \(cause)", cause: cause)
      }
      number += 1
    }
    path = "\(parent)/call-\(number)"
  }

  /// Removes the folder and everything in it, on a thread that may wait. Cancelling the task does not prevent that.
  package func remove() async {
    await withCheckedContinuation { continuation in
      DispatchQueue.global(qos: .utility).async {
        Self.remove(path)
        continuation.resume()
      }
    }
  }

  private static let maximumDepth = 256

  private static func remove(_ path: String) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    if folder >= 0 { empty(folder, depth: 0) }
    rmdir(path)
  }

  /// Removes what is in the folder, and closes it. Links are removed, never followed; what cannot be removed stays.
  private static func empty(_ folder: Int32, depth: Int) {
    defer { close(folder) }
    for name in names(in: folder) where unlinkat(folder, name, 0) != 0 {
      var status = stat()
      guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        continue
      }
      // The call may have taken the right to enter away from itself.
      fchmodat(folder, name, 0o700, 0)
      let inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard inner >= 0 else { continue }
      if depth < maximumDepth { empty(inner, depth: depth + 1) } else { close(inner) }
      unlinkat(folder, name, AT_REMOVEDIR)
    }
  }

  private static func names(in folder: Int32) -> [[CChar]] {
    let copy = fcntl(folder, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { return [] }
    guard let entries = fdopendir(copy) else {
      close(copy)
      return []
    }
    defer { closedir(entries) }
    var names: [[CChar]] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { $0.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } }
      if name != [0x2e] && name != [0x2e, 0x2e] { names.append(name + [0]) }
    }
    return names
  }
}
