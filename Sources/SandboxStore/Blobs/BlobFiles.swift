import Glibc
internal import SandboxCore

/// Content-addressed files as `<root>/aa/<sha256>`, read and written by the calling thread.
struct BlobFiles: Sendable {
  let root: String

  func put(_ bytes: [UInt8]) throws(SandboxError) -> BlobReference {
    let hash = Digest.hexadecimal(Digest.sha256(bytes))
    let directory = directory(of: hash)
    let path = "\(directory)/\(hash)"
    if try FileSystem.makeDirectory(directory) { try FileSystem.syncDirectory(root) }
    if sizeOfFile(path) != bytes.count {
      // Written beside the fan-out folders, where leftovers of a crash are found with one look.
      let temporary = FileSystem.temporaryPath(in: root)
      do throws(SandboxError) {
        let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_TRUNC)
        try file.write(bytes)
        try file.sync()
        try FileSystem.move(temporary, to: path)
      } catch {
        unlink(temporary)
        throw error
      }
    }
    // Also for a file that was there: a crash, or a writer at this moment, may not have come to this point.
    try FileSystem.syncDirectory(directory)
    return BlobReference(sha256: hash, size: bytes.count)
  }

  func get(_ reference: BlobReference) throws(SandboxError) -> [UInt8] {
    try get(reference.sha256, size: reference.size)
  }

  /// - Parameter size: nil takes the file's own.
  func get(_ hash: String, size: Int? = nil) throws(SandboxError) -> [UInt8] {
    guard Digest.isHexadecimal(hash) else {
      throw SandboxError(.invalidArgument, "a blob is named by 64 lower-case hexadecimal digits")
    }
    let path = "\(directory(of: hash))/\(hash)"
    guard access(path, F_OK) == 0 || errno != ENOENT else {
      throw SandboxError(.notFound, "there is no blob \(hash) in \(root)")
    }
    let file = try OpenFile(path, O_RDONLY)
    let present = try file.size()
    guard size == nil || size == present else {
      throw SandboxError(.io, "the blob \(path) is damaged: it has \(present) bytes instead of \(size ?? 0)")
    }
    let bytes = try file.read(limit: present)
    guard Digest.hexadecimal(Digest.sha256(bytes)) == hash else {
      throw SandboxError(.io, "the blob \(path) is damaged: its content does not match its hash")
    }
    return bytes
  }

  private func directory(of hash: String) -> String { "\(root)/\(hash.prefix(2))" }

  private func sizeOfFile(_ path: String) -> Int? {
    var information = stat()
    return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG ? Int(information.st_size) : nil
  }
}
