import Glibc
import SandboxCore
import SandboxIO

/// Finds manifest files: the files that are named, and those in folders.
struct ManifestFinder {
  private static let maximumDepth = 16
  private static let maximumFiles = 10_000
  private static let schemaName = "manifest.schema.json"

  private(set) var files: [String] = []
  private(set) var problems: [ManifestProblem] = []

  /// Adds a file, or every `*.json` in a folder and the folders in it, by path. Hidden entries and the manifests' own
  /// schema are left out.
  mutating func add(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      report(path, errno == ENOENT ? "there is no such file or folder" : "cannot be read: \(Self.systemMessage)")
      return
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      files.append(path)
      return
    }
    guard let root = RealPath.of(path) else {
      report(path, "cannot be read: \(Self.systemMessage)")
      return
    }
    addFolder(path, root: root, depth: 0)
  }

  private mutating func addFolder(_ path: String, root: String, depth: Int) {
    guard depth < Self.maximumDepth else {
      report(path, "is more than \(Self.maximumDepth) folders deep")
      return
    }
    guard let names = Self.names(in: path) else {
      report(path, "cannot be read: \(Self.systemMessage)")
      return
    }
    for name in names.sorted() where !name.hasPrefix(".") {
      guard files.count < Self.maximumFiles else {
        report(path, "there are more than \(Self.maximumFiles) manifest files; the rest is not read")
        return
      }
      addEntry(path.hasSuffix("/") ? path + name : "\(path)/\(name)", name, root: root, depth: depth)
    }
  }

  private mutating func addEntry(_ path: String, _ name: String, root: String, depth: Int) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    let isManifest = name.hasSuffix(".json") && name != Self.schemaName
    switch status.st_mode & S_IFMT {
    case S_IFDIR where isManifest: report(path, "is a folder, not a manifest file")
    case S_IFDIR: addFolder(path, root: root, depth: depth + 1)
    case S_IFLNK where isManifest:
      guard let target = RealPath.of(path) else {
        report(path, "is a symbolic link that leads nowhere")
        return
      }
      if RealPath.contains(root, target) {
        files.append(path)
      } else {
        report(path, "is a symbolic link out of the folder of manifests; put the file itself there")
      }
    case _ where isManifest: files.append(path)
    default: break
    }
  }

  private mutating func report(_ file: String, _ reason: String) {
    problems.append(ManifestProblem(file: file, pointer: "", reason: reason))
  }

  private static var systemMessage: String { SystemError(errno).description }

  private static func names(in path: String) -> [String]? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      withUnsafeBytes(of: &entry.pointee.d_name) {
        names.append(String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self))
      }
    }
    return names
  }
}
