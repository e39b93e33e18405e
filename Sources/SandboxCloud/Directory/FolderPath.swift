internal import SandboxCore

/// Names of artifacts as paths below a folder.
enum FolderPath {
  /// The name itself when it stays below the folder: relative, without `.`, `..`, empty parts and control characters.
  ///
  /// - Throws: `.invalidArgument`.
  static func checked(_ name: String) throws(SandboxError) -> String {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let isSafe = parts.allSatisfy { part in
      !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 255
        && part.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
    guard isSafe, name.utf8.count <= 1024 else {
      throw SandboxError(.invalidArgument, "artifact name \"\(name.excerpt(80))\" is no path below its folder")
    }
    return name
  }
}
