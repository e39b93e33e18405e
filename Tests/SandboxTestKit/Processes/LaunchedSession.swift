package import Glibc
import SandboxCore
import Synchronization

/// The built executable as a supervisor starts it: an environment, two streams into files, signals, an exit code.
///
/// Whatever becomes of the test, ``end()`` leaves no process of it behind.
package final class LaunchedSession: Sendable {
  package let pid: pid_t
  package let folder: String

  /// - Parameters:
  ///   - environment: all of it; `PATH` and `HOME` are added when missing.
  ///   - folder: where the streams go and where the process starts; must exist.
  package init(
    executable: String, arguments: [String] = [], environment: [String: String], folder: String,
    standardOutput: String? = nil
  ) throws {
    self.folder = folder
    var variables = environment
    if variables["PATH"] == nil { variables["PATH"] = "/usr/local/bin:/usr/bin:/bin" }
    if variables["HOME"] == nil { variables["HOME"] = folder }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, 1, standardOutput ?? "\(folder)/stdout", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, "\(folder)/stderr", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    // A server of another test must not stay open in a process that has nothing to do with it.
    _ = Self.closeFrom?(&actions, 3)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    // A group of its own, as supervisors make one.
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
    var child: pid_t = 0
    // `env` changes the folder and then becomes the program, under the same process id.
    let env = "/usr/bin/env"
    let code = Self.withCStrings([env, "-C", folder, executable] + arguments) { argv in
      Self.withCStrings(variables.map { "\($0.key)=\($0.value)" }.sorted()) { envp in
        posix_spawn(&child, env, &actions, &attributes, argv, envp)
      }
    }
    guard code == 0 else {
      throw SandboxError(.notFound, "cannot start \(executable): \(String(cString: strerror(code)))")
    }
    pid = child
  }

  private typealias CloseFrom =
    @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

  /// In glibc since 2.34, but not in what Swift imports of it.
  private static let closeFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np")
    .map { unsafeBitCast($0, to: CloseFrom.self) }

  package func send(_ signal: Int32) { kill(pid, signal) }

  /// The runtime, which the guard has started; nil before and after.
  package var runtime: pid_t? {
    Self.text("/proc/\(pid)/task/\(pid)/children").split(separator: " ").compactMap { pid_t($0) }
      .first { Self.text("/proc/\($0)/comm") == "sandbox-runtime\n" }
  }

  /// What the process used, once it has ended.
  package struct Usage: Sendable {
    package let cpu: Duration
    /// The most memory that was seen. Not from `rusage`: that one begins with the memory of the process that started it.
    package let peakBytes: Int
  }

  private let ended = Mutex<Usage?>(nil)
  package var usage: Usage? { ended.withLock { $0 } }

  /// The exit code, or minus the signal that ended it. Throws when it has not ended by the deadline, and ends it then.
  package func wait(upTo limit: Duration = .seconds(60)) async throws -> Int32 {
    let deadline = Deadline(after: limit, time: .system)
    var status: Int32 = 0
    var used = rusage()
    var peak = 0
    while wait4(pid, &status, WNOHANG, &used) == 0 {
      if deadline.hasPassed {
        end()
        throw SandboxError(.timeout, "the process did not end within \(limit); its stderr: \(standardError)")
      }
      peak = max(peak, peakMemory)
      try await Task.sleep(for: .milliseconds(2))
    }
    let cpu = Duration.seconds(used.ru_utime.tv_sec + used.ru_stime.tv_sec)
    let fraction = Duration.microseconds(used.ru_utime.tv_usec + used.ru_stime.tv_usec)
    ended.withLock { $0 = Usage(cpu: cpu + fraction, peakBytes: peak) }
    return status & 0x7f == 0 ? (status >> 8) & 0xff : -(status & 0x7f)
  }

  /// The kernel's high-water mark, which starts anew with each program.
  private var peakMemory: Int {
    guard let runtime else { return 0 }
    let status = Self.text("/proc/\(runtime)/status")
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else { return 0 }
    return (Int(line.filter(\.isNumber)) ?? 0) * 1024
  }

  package func end() {
    kill(pid, SIGKILL)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
  }

  package var standardOutput: String { Self.text("\(folder)/stdout") }
  package var standardError: String { Self.text("\(folder)/stderr") }

  package static func text(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func withCStrings<R>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
  ) -> R {
    let pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers)
  }
}
