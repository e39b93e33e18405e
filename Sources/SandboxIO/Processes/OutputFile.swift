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

  /// Whether everything is there; otherwise the disk was full, and what is there is the beginning.
  package var isComplete: Bool { !failed.load(ordering: .acquiring) }

  /// To be called by one thread at a time, and not after an append that failed.
  func append(_ bytes: UnsafeRawBufferPointer) {
    var position = count
    var rest = bytes
    while isComplete, !rest.isEmpty {
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
    let wanted = max(0, min(limit, count - offset))
    var failure: Int32?
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      while filled < wanted {
        let result = pread(file.number, buffer.baseAddress.map { $0 + filled }, wanted - filled, off_t(offset + filled))
        if result > 0 {
          filled += result
        } else if result == 0 || errno != EINTR {
          failure = result == 0 ? EIO : errno
          break
        }
      }
    }
    if let failure {
      let cause = SystemError(failure)
      throw SandboxError(.io, "cannot read what a program wrote: \(cause)", cause: cause)
    }
    return bytes
  }
}

extension OutputFile: Hashable {
  package static func == (left: OutputFile, right: OutputFile) -> Bool { left === right }

  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
