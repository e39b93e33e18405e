internal import Glibc

/// Paths without links.
package enum RealPath {
  /// Where a path leads; nil, with `errno` set, when it leads nowhere, or not to where we may look.
  package static func of(_ path: String) -> String? {
    guard !path.utf8.contains(0) else {
      errno = EINVAL
      return nil
    }
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// Whether a path is the folder or lies in it, as they are written.
  package static func contains(_ folder: String, _ path: String) -> Bool {
    path == folder || path.hasPrefix(folder.hasSuffix("/") ? folder : "\(folder)/")
  }
}
