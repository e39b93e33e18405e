import Glibc
internal import SandboxCore

extension SandboxError {
  /// The failure of a system call on a file, with the system's own words.
  static func file(_ action: String, _ path: String, _ code: Int32 = errno) -> SandboxError {
    SandboxError(.io, "cannot \(action) \(path): \(String(cString: strerror(code)))")
  }
}
