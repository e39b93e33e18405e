internal import Glibc

/// Paths without links.
package enum RealPath {
  /// Where a path leads; nil when it leads nowhere, or not to where we may look.
  package static func of(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}
