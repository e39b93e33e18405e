internal import Glibc

/// What a program needs to read and execute of its own installation, when that lies outside the system's folders.
package enum ProgramFolders {
  /// The program itself; of a Python virtual environment all of it and its base; else, of an installation with its own
  /// `bin` and `lib`, these and their neighbours. Nothing of a home folder itself, where private things lie beside.
  ///
  /// - Parameter untrusted: folders in which programs may be able to write. What an environment there says of its base
  ///   counts for nothing; where its interpreter is a link, as usual, that leads to the base as well.
  package static func rules(for program: String, untrusted: [String] = []) -> [FileRule] {
    var rules: [FileRule] = []
    add(program, untrusted, to: &rules)
    if let real = RealPath.of(program), real != program { add(real, untrusted, to: &rules) }
    return rules
  }

  private static let parts = ["bin", "lib", "lib64", "libexec", "share", "include"]

  private static func add(_ program: String, _ untrusted: [String], to rules: inout [FileRule]) {
    guard !SystemPaths.programFolders.contains(where: program.hasPrefix) else { return }
    rules.append(FileRule(.execute, program))
    guard let folder = parent(of: program), let prefix = parent(of: folder), prefix != "/" else { return }
    if let base = baseOfEnvironment(prefix) {
      rules.append(FileRule(.execute, prefix))
      let real = RealPath.of(prefix) ?? prefix
      if !untrusted.contains(where: { RealPath.contains($0, real) }) { addParts(of: base, to: &rules) }
    } else if folder.hasSuffix("/bin") {
      addParts(of: prefix, to: &rules)
    }
  }

  private static func addParts(of prefix: String, to rules: inout [FileRule]) {
    guard !isHome(prefix), access("\(prefix)/lib", F_OK) == 0 else { return }
    // Not what lies elsewhere: where a program may write its own installation, it could have put a link there.
    guard let real = RealPath.of(prefix) else { return }
    for part in parts.compactMap({ RealPath.of("\(real)/\($0)") }) where RealPath.contains(real, part) {
      rules.append(FileRule(.execute, part, isExact: true))
    }
  }

  /// A home folder, or what lies directly in one for all programs, as `~/.local`.
  private static func isHome(_ prefix: String) -> Bool {
    let homes = ["/root", "/home"]
    if homes.contains(prefix) { return true }
    guard let above = parent(of: prefix) else { return true }
    return above == "/home" || prefix.hasSuffix("/.local") || access("\(prefix)/.ssh", F_OK) == 0
  }

  /// The `home` of a `pyvenv.cfg` (PEP 405) is the folder of the interpreter that the environment was made with.
  private static func baseOfEnvironment(_ prefix: String) -> String? {
    guard let bytes = try? BoundedFile.read("\(prefix)/pyvenv.cfg", limit: 64 << 10, name: "pyvenv.cfg") else {
      return nil
    }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace } }
      guard parts.count == 2, parts[0] == "home" else { continue }
      let home = RealPath.of(parts[1]) ?? parts[1]
      return parent(of: home)
    }
    return nil
  }

  private static func parent(of path: String) -> String? {
    guard let slash = path.lastIndex(of: "/") else { return nil }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
