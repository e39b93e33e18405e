import Glibc
internal import SandboxCore
import Synchronization

/// The right to run a session: an advisory lock (flock) that goes with the process, however it ends.
///
/// The file stays, because removing it would let two processes lock two files of one name. Its content only tells
/// others who the owner is.
final class SessionLock: Sendable {
  private let descriptor: Mutex<Int32?>

  /// - Throws: `.conflict` naming the owner, `.io`.
  init(_ path: String, session: SessionID) throws(SandboxError) {
    let number = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else { throw .file("open", path) }
    descriptor = Mutex(number)
    var result: Int32
    repeat { result = flock(number, LOCK_EX | LOCK_NB) } while result != 0 && errno == EINTR
    guard result == 0 else {
      let failure = errno
      defer { release() }
      guard failure == EWOULDBLOCK else { throw .file("lock", path, failure) }
      let owner = Self.owner(path).map { "process \($0)" } ?? "another process"
      throw SandboxError(
        .conflict, "the session \(session) is run by \(owner) (\(path)); stop it or wait for it", retry: .backoff)
    }
    do throws(SandboxError) {
      try Self.claim(number, path)
    } catch {
      release()
      throw error
    }
  }

  deinit { release() }

  /// Gives the session free; doing so twice is harmless.
  func release() {
    let number = descriptor.withLock { descriptor in
      defer { descriptor = nil }
      return descriptor
    }
    guard let number else { return }
    // Closing alone would not do: a child that is just being started has a copy of the descriptor for a moment.
    flock(number, LOCK_UN)
    close(number)
  }

  private static func claim(_ number: Int32, _ path: String) throws(SandboxError) {
    let claim: JSONValue = [
      "pid": .int(Int64(getpid())),
      "boot_id": .string(firstLine("/proc/sys/kernel/random/boot_id")),
      "start_ticks": .int(startTicks()),
    ]
    let bytes = claim.utf8() + Array("\n".utf8)
    guard ftruncate(number, 0) == 0, pwrite(number, bytes, bytes.count, 0) == bytes.count else {
      throw .file("write", path)
    }
  }

  private static func owner(_ path: String) -> Int? {
    guard let file = try? OpenFile(path, O_RDONLY), let bytes = try? file.read(limit: 4096) else { return nil }
    return (try? JSONValue(parsing: bytes))?["pid"]?.intValue
  }

  /// When this process started, in clock ticks since boot: field 22 of proc_pid_stat(5). With pid and boot id it names
  /// one process for ever.
  private static func startTicks() -> Int64 {
    let line = firstLine("/proc/self/stat")
    // The second field is the program's name in parentheses and may contain anything.
    guard let name = line.lastIndex(of: ")") else { return 0 }
    let fields = line[name...].split(separator: " ")
    return fields.count > 20 ? Int64(fields[20]) ?? 0 : 0
  }

  private static func firstLine(_ path: String) -> String {
    guard let file = try? OpenFile(path, O_RDONLY), let bytes = try? file.read(limit: 4096) else { return "" }
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}
