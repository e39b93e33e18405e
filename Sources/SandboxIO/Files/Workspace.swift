internal import Glibc
package import SandboxCore

/// The files that an agent may use: one folder that it may change, and inputs that it may only read. The inputs appear
/// in the folder as symbolic links under their names.
///
/// Paths are checked against what the file system says at that moment, so nobody else may change the folder between
/// ``resolve(_:for:)`` and the use of its result; what a confined program does is held back by its confinement instead.
package struct Workspace: Sendable {
  package enum Access: Sendable {
    case read
    case write
  }

  /// The real path of the writable folder.
  package let root: String
  /// The real paths of the inputs by their names.
  package let inputs: [String: String]

  private static let longestName = 255
  private static let longestPath = 4000

  /// Creates the folder when it is missing (mode 0700) and the inputs' links in it. Links of an earlier run stay.
  /// Throws `notFound` for an input that is not there, `alreadyExists` when something else has an input's name, and
  /// `invalidArgument` for a name that is not one plain file name, or an input that lies in the folder itself.
  package static func prepare(root: String, inputs: [String: String] = [:]) throws(SandboxError) -> Workspace {
    try makeFolders(root)
    let root = try realPath(root, as: root)
    var resolved: [String: String] = [:]
    for (name, path) in inputs.sorted(by: { $0.key < $1.key }) {
      guard !name.isEmpty, name != ".", name != "..", name.utf8.count <= longestName,
        !name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 })
      else {
        throw SandboxError(.invalidArgument, "an input cannot be named '\(name.forMessage)': give a plain file name")
      }
      guard path.hasPrefix("/") else {
        throw SandboxError(.invalidArgument, "the input '\(name)' needs an absolute path, not \(path.forMessage)")
      }
      let target = try realPath(path, as: path)
      guard !RealPath.contains(root, target) else {
        throw SandboxError(.invalidArgument, "the input '\(name)' lies in the workspace itself, where it is writable")
      }
      try link(name, to: target, in: root)
      resolved[name] = target
    }
    return Workspace(root: root, inputs: resolved)
  }

  /// The absolute path, free of symbolic links, for a path relative to the workspace.
  ///
  /// For reading, it must be a regular file or a folder. For writing, what is there must be one too, and what is
  /// missing may be created, including folders. Throws `invalidArgument` for a path that is absolute, malformed or
  /// names something else, `denied` for one that leads out of the workspace or writes to an input, and `notFound`.
  package func resolve(_ relative: String, for access: Access) throws(SandboxError) -> String {
    let components = try Self.components(of: relative)
    let (existing, missing) = try deepestExisting(components, relative)
    let isOwn = RealPath.contains(root, existing)
    let isInput = inputs.values.contains { RealPath.contains($0, existing) }
    switch access {
    case .read:
      guard isOwn || isInput else { throw Self.leadsOutside(relative) }
      guard missing.isEmpty else { throw SystemError(ENOENT).failure("read", relative) }
    case .write:
      guard isOwn else {
        throw isInput
          ? SandboxError(.denied, "cannot write \(relative.forMessage): it belongs to an input, which is read-only")
          : Self.leadsOutside(relative)
      }
    }
    try Self.checkKind(existing, needsFolder: !missing.isEmpty, relative)
    return ([existing == "/" ? "" : existing] + missing).joined(separator: "/")
  }

  // MARK: - Steps

  /// The names in a relative path, without `.` and `..`.
  private static func components(of relative: String) throws(SandboxError) -> [String] {
    func invalid(_ reason: String) -> SandboxError {
      SandboxError(.invalidArgument, "the path '\(relative.forMessage)' \(reason)")
    }
    guard !relative.isEmpty else { throw invalid("is empty; '.' is the workspace itself") }
    guard !relative.utf8.contains(0) else { throw invalid("contains a NUL character") }
    guard !relative.hasPrefix("/") else { throw invalid("is absolute; give it relative to the workspace") }
    guard relative.utf8.count <= longestPath else { throw invalid("is longer than \(longestPath) bytes") }
    var result: [String] = []
    for part in relative.utf8.split(separator: UInt8(ascii: "/")) {
      guard part.count <= longestName else { throw invalid("has a name longer than \(longestName) bytes") }
      switch String(Substring(part)) {
      case ".": continue
      case "..":
        guard result.popLast() != nil else { throw leadsOutside(relative) }
      case let name: result.append(name)
      }
    }
    return result
  }

  /// The real path of as much as exists, and the names that do not.
  private func deepestExisting(
    _ components: [String], _ relative: String
  ) throws(SandboxError) -> (String, missing: [String]) {
    for count in stride(from: components.count, through: 0, by: -1) {
      let path = ([root] + components.prefix(count)).joined(separator: "/")
      if let resolved = RealPath.of(path) { return (resolved, Array(components.dropFirst(count))) }
      let error = SystemError.current
      guard error.number == ENOENT else { throw error.failure("use", relative) }
      // Creating a file through a link that leads nowhere would create its target, wherever that is.
      var status = stat()
      guard lstat(path, &status) != 0 else {
        throw SandboxError(.denied, "cannot use \(relative.forMessage): it is a symbolic link that leads nowhere")
      }
    }
    throw SandboxError(.notFound, "the workspace folder \(root) is gone")
  }

  private static func checkKind(_ path: String, needsFolder: Bool, _ relative: String) throws(SandboxError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw SystemError.current.failure("use", relative) }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFDIR || (kind == S_IFREG && !needsFolder) else {
      throw needsFolder
        ? SystemError(ENOTDIR).failure("use", relative)
        : SandboxError(.invalidArgument, "\(relative.forMessage) is neither a regular file nor a folder")
    }
  }

  private static func leadsOutside(_ relative: String) -> SandboxError {
    SandboxError(.denied, "the path '\(relative.forMessage)' leads out of the workspace")
  }

  private static func realPath(_ path: String, as written: String) throws(SandboxError) -> String {
    guard let resolved = RealPath.of(path) else { throw SystemError.current.failure("use", written) }
    return resolved
  }

  private static func makeFolders(_ path: String) throws(SandboxError) {
    guard path.hasPrefix("/"), !path.utf8.contains(0) else {
      throw SandboxError(.invalidArgument, "the workspace folder '\(path.forMessage)' must be an absolute path")
    }
    var prefix = ""
    for name in path.split(separator: "/") {
      prefix += "/" + name
      if mkdir(prefix, 0o700) != 0 && errno != EEXIST { throw SystemError.current.failure("create the folder", prefix) }
    }
  }

  private static func link(_ name: String, to target: String, in root: String) throws(SandboxError) {
    let path = root + "/" + name
    if symlink(target, path) == 0 { return }
    guard errno == EEXIST else { throw SystemError.current.failure("link the input", path) }
    var buffer = [CChar](repeating: 0, count: 4097)
    let count = readlink(path, &buffer, buffer.count)
    guard count >= 0, buffer[..<count].elementsEqual(target.utf8.map { CChar(bitPattern: $0) }) else {
      throw SandboxError(.alreadyExists, "the input '\(name)' cannot be linked: \(path) is something else already")
    }
  }
}
