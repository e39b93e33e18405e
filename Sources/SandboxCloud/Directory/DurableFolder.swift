internal import Glibc
internal import SandboxCore
internal import SandboxIO

/// A folder whose files are whole and durable, or not there. Paths given to its functions are below it.
struct DurableFolder: Sendable {
  let path: String

  /// Makes the folder and those above it, for the owner alone.
  func make() throws(SandboxError) { try makeFolders(path) }

  /// The file's bytes; nil when there is none.
  func read(_ name: String) throws(SandboxError) -> [UInt8]? {
    let full = "\(path)/\(name)"
    let file = open(full, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw failure("open", full)
    }
    defer { close(file) }
    var bytes: [UInt8] = []
    while true {
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      let count = Glibc.read(file, &buffer, buffer.count)
      if count == 0 { return bytes }
      if count > 0 { bytes += buffer.prefix(count) } else if errno != EINTR { throw failure("read", full) }
    }
  }

  /// Replaces the file in one step, unless it has these bytes already.
  func replace(_ name: String, with bytes: [UInt8]) throws(SandboxError) {
    let full = "\(path)/\(name)"
    let parent = full.lastIndex(of: "/").map { String(full[..<$0]) } ?? path
    try makeFolders(parent)
    if try read(name) == bytes { return }
    // One name for all: what a crash leaves is overwritten by the next write.
    let partial = "\(path)/.partial"
    try write(bytes, to: partial, O_TRUNC)
    guard rename(partial, full) == 0 else { throw failure("replace", full) }
    try synchronize(parent)
  }

  func append(_ bytes: [UInt8], to name: String) throws(SandboxError) {
    try write(bytes, to: "\(path)/\(name)", O_APPEND)
    try synchronize(path)
  }

  private func write(_ bytes: [UInt8], to full: String, _ mode: Int32) throws(SandboxError) {
    let file = open(full, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | mode, 0o600)
    guard file >= 0 else { throw failure("write", full) }
    defer { close(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { throw failure("write", full) }
    }
    guard fsync(file) == 0 else { throw failure("write", full) }
  }

  private func makeFolders(_ path: String) throws(SandboxError) {
    if mkdir(path, 0o700) == 0 {
      if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try synchronize(String(path[..<slash])) }
      return
    }
    switch errno {
    case EEXIST: return
    case ENOENT:
      guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { throw failure("make", path) }
      try makeFolders(String(path[..<slash]))
      try makeFolders(path)
    default: throw failure("make", path)
    }
  }

  /// Makes the names in a folder durable.
  private func synchronize(_ path: String) throws(SandboxError) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failure("open", path) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw failure("write", path) }
  }

  private func failure(_ what: String, _ path: String) -> SandboxError {
    let error = SystemError(errno)
    let isPassing = [ENOSPC, EDQUOT, EIO, EMFILE, ENFILE, ENOMEM].contains(error.number)
    return SandboxError(
      .unavailable, "cannot \(what) \(path.excerpt()): \(error)", cause: error, retry: isPassing ? .backoff : .never)
  }
}
