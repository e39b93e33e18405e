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
    files().filter { Self.contains(bytes(of: $0), Array(text.utf8)) }
  }

  /// Where the texts are, in files or in their names, each as `file: name of the text`.
  ///
  /// - Parameter beginning: how the names of files begin that the test itself has made, which are left out.
  func places(of texts: [(name: String, text: String)], except beginning: String) -> [String] {
    let needles = texts.map { (name: $0.name, bytes: Array($0.text.utf8)) }
    return files().filter { !$0.hasPrefix(beginning) }.flatMap { file in
      // The name as well.
      let bytes = Array(file.utf8) + [0] + bytes(of: file)
      return needles.filter { Self.contains(bytes, $0.bytes) }.map { "\(file): \($0.name)" }
    }
  }

  private func bytes(of file: String) -> [UInt8] {
    let descriptor = open("\(path)/\(file)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = read(descriptor, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
    return bytes
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
