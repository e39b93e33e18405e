internal import CSandbox
internal import Glibc
package import SandboxCore
internal import Synchronization

/// All that a child wrote to one stream, in a file that has no name: only who has this can read it, and it is gone with
/// its last owner or with the process.
package final class OutputFile: Sendable {
  private let file: OwnedDescriptor
  private let written = Atomic(0)
  private let failed = Atomic(false)

  /// Nil when there can be no such file in the folder.
  convenience init?(in folder: String) {
    let number = csb_unnamed_file(folder)
    guard number >= 0 else { return nil }
    self.init(taking: number)
  }

  init(taking descriptor: Int32) { file = OwnedDescriptor(descriptor) }

  package var count: Int { written.load(ordering: .acquiring) }

  /// Nil when the disk was full: of a beginning nobody could tell what at its end is half a secret.
  var complete: OutputFile? { failed.load(ordering: .acquiring) ? nil : self }

  /// To be called by one thread at a time. After one that failed nothing is written any more.
  func append(_ bytes: UnsafeRawBufferPointer) {
    var position = count
    var rest = bytes
    while complete != nil, !rest.isEmpty {
      let result = pwrite(file.number, rest.baseAddress, rest.count, off_t(position))
      if result > 0 {
        position += result
        rest = UnsafeRawBufferPointer(rebasing: rest[result...])
      } else if result == 0 || errno != EINTR {
        failed.store(true, ordering: .releasing)
      }
    }
    written.store(position, ordering: .releasing)
  }

  /// At most `limit` bytes from `offset`; empty at the end.
  package func read(at offset: Int, limit: Int) throws(SandboxError) -> [UInt8] {
    do throws(SystemError) {
      return try file.read(at: offset, length: limit, expecting: count - offset)
    } catch {
      throw SandboxError(.io, "cannot read what a program wrote: \(error)", cause: error)
    }
  }
}

extension OutputFile: Hashable {
  package static func == (left: OutputFile, right: OutputFile) -> Bool { left === right }

  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
