import SandboxCore

/// A glob for files: without a slash it is matched against the name, with one against the whole path. `**/` also stands
/// for no folder at all.
struct PathPattern {
  private let globs: [Glob]
  private let isForPaths: Bool

  init(_ pattern: String) {
    isForPaths = pattern.contains("/")
    var patterns = [pattern]
    if pattern.hasPrefix("**/") { patterns.append(String(pattern.dropFirst(3))) }
    globs = patterns.map(Glob.init)
  }

  func matches(_ path: String) -> Bool {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return globs.contains { $0.matches(isForPaths ? path : name) }
  }
}
