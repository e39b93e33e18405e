import Glibc
internal import SandboxCore

/// Content-addressed files as `<root>/aa/<sha256>`, read and written by the calling thread.
struct BlobFiles: Sendable {
  let root: String

  func put(_ bytes: [UInt8]) throws(SandboxError) -> BlobReference {
    let reference = BlobReference(sha256: Digest.hexadecimal(Digest.sha256(bytes)), size: bytes.count)
    if isPresent(reference) {
      try FileSystem.syncDirectory(directory(of: reference.sha256))
      return reference
    }
    return try write { file throws(SandboxError) in
      try file.write(bytes)
      return reference
    }
  }

  /// Where the hash comes last, the bytes have to be written to know whether they are there already.
  func put(_ source: any BlobSource, upTo limit: Int) throws(SandboxError) -> BlobReference {
    try write { file throws(SandboxError) in
      var source = source
      var digest = Digest()
      var size = 0
      try source.forEachPiece(upTo: limit) { piece throws(SandboxError) in
        digest.update(piece)
        size += piece.count
        try file.write(piece)
      }
      return BlobReference(sha256: digest.hexadecimal(), size: size)
    }
  }

  /// Has a file written beside the fan-out folders, where leftovers of a crash are found with one look, and gives it
  /// its name.
  private func write(
    _ body: (borrowing OpenFile) throws(SandboxError) -> BlobReference
  ) throws(SandboxError) -> BlobReference {
    let temporary = FileSystem.temporaryPath(in: root)
    do throws(SandboxError) {
      let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_TRUNC)
      let reference = try body(file)
      try file.sync()
      let directory = directory(of: reference.sha256)
      if try FileSystem.makeDirectory(directory) { try FileSystem.syncDirectory(root) }
      try FileSystem.move(temporary, to: "\(directory)/\(reference.sha256)")
      try FileSystem.syncDirectory(directory)
      return reference
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Whether the file is there. A crash, or a writer at this moment, may not have made its name durable yet.
  private func isPresent(_ reference: BlobReference) -> Bool {
    sizeOfFile("\(directory(of: reference.sha256))/\(reference.sha256)") == reference.size
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
