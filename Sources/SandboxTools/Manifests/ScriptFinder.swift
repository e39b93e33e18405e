import Glibc

/// Finds the files that a command line runs besides its program: what a launcher starts, the script of an interpreter.
enum ScriptFinder {
  /// The letters of options after which the program is not a file.
  private static let evaluating: [String: String] = [
    "python": "cm", "perl": "eE", "ruby": "e", "node": "ep", "nodejs": "ep", "php": "r", "lua": "e", "deno": "",
    "bun": "e", "java": "", "tclsh": "",
  ]

  /// The places of such files among program and arguments.
  ///
  /// - Parameter words: nil for a parameter.
  static func scripts(in words: [String?]) -> [Int] {
    var places: [Int] = []
    var program = 0
    while let name = words[program], let next = script(of: name, in: words, after: program) {
      places.append(next)
      guard ShellRules.isLauncher(name) else { break }
      program = next
    }
    return places
  }

  private static func script(of program: String, in words: [String?], after place: Int) -> Int? {
    let name = program.split(separator: "/").last.map(String.init) ?? program
    let isLauncher = ShellRules.isLauncher(program)
    let letters = isLauncher ? "" : evaluating[String(name.prefix(while: \.isLetter))]
    guard let letters = ShellRules.isShell(program) ? "c" : letters else { return nil }
    for index in words.indices.dropFirst(place + 1) {
      guard let word = words[index] else { continue }
      if word.hasPrefix("-"), !word.hasPrefix("--"), word.contains(where: letters.contains) { return nil }
      if word == "--eval" || word == "--print" || word == "eval" { return nil }
      if isFile(word) { return index }
    }
    return nil
  }

  private static func isFile(_ path: String) -> Bool {
    guard path.hasPrefix("/"), !path.utf8.contains(0) else { return false }
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
