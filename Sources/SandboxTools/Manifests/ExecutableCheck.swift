import Glibc
import SandboxCore
import SandboxIO

/// Whether a manifest may name a file as the program of a tool.
enum ExecutableCheck {
  /// What is wrong with the file, or nil. Links are followed: it is the program itself that counts.
  static func problem(with path: String) -> String? {
    guard path.hasPrefix("/") else {
      return "\(JSONValue.string(path).briefText) must be the program's absolute path; it is not searched for"
    }
    guard !path.utf8.contains(0), !path.split(separator: "/").contains("..") else {
      return "\(JSONValue.string(path).briefText) must be a path without \"..\" and NUL"
    }
    var status = stat()
    guard stat(path, &status) == 0 else { return "\(path) is not there: \(SystemError(errno))" }
    guard status.st_mode & S_IFMT == S_IFREG else { return "\(path) is not a regular file" }
    guard status.st_mode & 0o111 != 0, access(path, X_OK) == 0 else {
      return "\(path) may not be executed; check its permissions"
    }
    guard status.st_mode & (S_ISUID | S_ISGID) == 0 else {
      return "\(path) runs with another user's or group's rights (setuid, setgid), which a tool must not"
    }
    return changeProblem(path, status)
  }

  /// What is wrong with a script that an interpreter is given, or nil.
  static func problem(withScript path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return "\(path) is not there: \(SystemError(errno))" }
    return changeProblem(path, status)
  }

  private static func changeProblem(_ path: String, _ status: stat) -> String? {
    guard status.st_mode & S_IWOTH == 0 else {
      return "\(path) can be changed by everybody; take that permission away (chmod o-w)"
    }
    let isRoots = status.st_uid == 0 && status.st_gid == 0
    guard status.st_mode & S_IWGRP == 0 || isRoots else {
      return "\(path) can be changed by its whole group; take that permission away (chmod g-w)"
    }
    return nil
  }
}
