import Glibc
import SandboxTestKit

extension Folder {
  /// All files in it, however deep, as paths relative to it.
  func files(_ below: String = "") -> [String] {
    guard let folder = opendir(below.isEmpty ? path : "\(path)/\(below)") else { return [] }
    defer { closedir(folder) }
    var found: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard name != ".", name != ".." else { continue }
      let relative = below.isEmpty ? name : "\(below)/\(name)"
      var status = stat()
      guard lstat("\(path)/\(relative)", &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: found += files(relative)
      case S_IFREG: found.append(relative)
      default: break
      }
    }
    return found.sorted()
  }

  /// The files that have these bytes anywhere, the database and its log too.
  func files(containing text: String) -> [String] {
    files().filter { file in
      let path = "\(path)/\(file)"
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return false }
      defer { close(descriptor) }
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 65_536)
      while case let count = read(descriptor, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
      return Self.contains(bytes, Array(text.utf8))
    }
  }

  private static func contains(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
    guard let first = needle.first else { return true }
    return bytes.withUnsafeBytes { all in
      guard var next = all.baseAddress else { return false }
      let end = next + all.count
      while end - next >= needle.count, let hit = memchr(next, Int32(first), end - next - needle.count + 1) {
        if memcmp(hit, needle, needle.count) == 0 { return true }
        next = UnsafeRawPointer(hit) + 1
      }
      return false
    }
  }
}
