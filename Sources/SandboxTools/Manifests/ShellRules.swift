import Glibc
import SandboxIO

/// Finds shells that are given a program in another way than as a file.
enum ShellRules {
  private static let shells: Set<String> = [
    "sh", "bash", "rbash", "dash", "ash", "zsh", "ksh", "mksh", "csh", "tcsh", "fish",
  ]
  /// Programs whose arguments are the command line of another.
  private static let launchers: Set<String> = [
    "busybox", "chroot", "chrt", "doas", "env", "flock", "ionice", "nice", "nohup", "parallel", "prlimit", "runuser",
    "script", "setpriv", "setsid", "stdbuf", "su", "sudo", "taskset", "time", "timeout", "toybox", "unbuffer",
    "unshare", "watch", "xargs",
  ]
  private static let folders: Set<String> = [
    "", "/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/",
  ]

  enum Misuse: Equatable {
    /// The argument at this place is a program, or lets the next one be.
    case programText(Int)
    /// The shell at this place has no script and reads its program from standard input.
    case standardInput(Int)
  }

  /// - Parameter words: the program and its arguments; nil for a parameter that may begin with `-`.
  static func misuse(of words: [String?]) -> Misuse? {
    guard let program = words.first.flatMap({ $0 }) else { return nil }
    let isLaunching = isLauncher(program)
    for index in words.indices where index == 0 || isLaunching {
      guard let word = words[index], isShell(word) else { continue }
      if let misuse = misuse(by: index, options: words[(index + 1)...]) { return misuse }
    }
    return nil
  }

  /// Only where systems keep them: any program may be called `watch` or `script`.
  static func isLauncher(_ program: String) -> Bool {
    let name = lastName(program)
    return launchers.contains(name) && folders.contains(String(program.dropLast(name.count)))
  }

  /// By what it is called, or by what the file is called to which it leads.
  static func isShell(_ program: String) -> Bool {
    if shells.contains(lastName(program)) { return true }
    guard program.hasPrefix("/"), let real = RealPath.of(program) else { return false }
    return shells.contains(lastName(real))
  }

  private static func misuse(by shell: Int, options: ArraySlice<String?>) -> Misuse? {
    var index = options.startIndex
    while index < options.endIndex {
      guard let word = options[index] else { return .programText(index) }
      if word == "--" || word == "-" { return index + 1 < options.endIndex ? nil : .standardInput(shell) }
      guard word.hasPrefix("-") || word.hasPrefix("+") else { return nil }
      let isLong = word.hasPrefix("--")
      if word == "--command" || word.hasPrefix("--command=") { return .programText(index) }
      if word.hasPrefix("-"), !isLong {
        if word.contains("c") { return .programText(index) }
        if word.contains("s") { return .standardInput(shell) }
      }
      let takesValue = isLong ? word == "--rcfile" || word == "--init-file" : word.lowercased().hasSuffix("o")
      index += takesValue ? 2 : 1
    }
    return .standardInput(shell)
  }

  private static func lastName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
