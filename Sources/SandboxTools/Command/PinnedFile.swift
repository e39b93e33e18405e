import Glibc
package import SandboxCore

/// A file as it was when a manifest was loaded.
///
/// It counts as the same while device, inode, size, mode and the times of the last change of content and status are the
/// same. The time of the last status change cannot be set by a program, so content cannot be exchanged unnoticed; that
/// a link or a permission was changed counts as a change, too.
package struct PinnedFile: Sendable, Hashable {
  package let path: String
  private let device: UInt64
  private let inode: UInt64
  private let size: Int64
  private let mode: UInt32
  private let modified: Time
  private let changed: Time

  private struct Time: Sendable, Hashable {
    let seconds: Int
    let nanoseconds: Int
  }

  /// Nil when nothing is there, or no regular file. Links are followed, now and at every later look.
  package init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    self.path = path
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    mode = UInt32(status.st_mode)
    modified = Time(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    changed = Time(seconds: status.st_ctim.tv_sec, nanoseconds: status.st_ctim.tv_nsec)
  }

  package var isUnchanged: Bool { PinnedFile(path) == self }

  /// - Throws: `.denied` when one of the files is not what it was, `.notFound` when it is gone.
  package static func check(_ files: [PinnedFile]) throws(SandboxError) {
    for file in files {
      let now = PinnedFile(file.path)
      guard now != file else { continue }
      guard now != nil else { throw SandboxError(.notFound, "\(file.path) is no longer there, so it cannot be run") }
      throw SandboxError(
        .denied,
        "\(file.path) was changed since the session began, so it is not run; a new session takes the file as it is then"
      )
    }
  }
}
