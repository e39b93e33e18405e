import Glibc
import SandboxCore

/// A folder for one test, gone with its owner.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/sandbox-store-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SandboxError(.io, "cannot make a temporary folder") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  /// A new folder inside, fit for a journal.
  func session(_ name: String) throws -> String {
    let folder = "\(path)/\(name)"
    for directory in [folder, "\(folder)/blobs"] {
      guard mkdir(directory, 0o700) == 0 else { throw SandboxError(.io, "cannot make \(directory)") }
    }
    return folder
  }

  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func mode(_ path: String) -> mode_t {
    var information = stat()
    return stat(path, &information) == 0 ? information.st_mode & 0o777 : 0
  }

  static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw SandboxError(.notFound, path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    guard let file = fopen(path, "wb") else { throw SandboxError(.io, path) }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw SandboxError(.io, path) }
  }

  static func removeFile(_ path: String) { unlink(path) }

  static func replaceFolderByFile(_ path: String) throws {
    remove(path)
    try write([], to: path)
  }

  static func replaceByLink(_ path: String, to target: String) throws {
    remove(path)
    guard symlink(target, path) == 0 else { throw SandboxError(.io, path) }
  }

  private static func remove(_ path: String) {
    var information = stat()
    guard lstat(path, &information) == 0 else { return }
    if information.st_mode & S_IFMT == S_IFDIR {
      chmod(path, 0o700)
      for name in names(in: path) { remove("\(path)/\(name)") }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}
