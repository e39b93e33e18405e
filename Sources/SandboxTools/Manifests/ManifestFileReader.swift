import Glibc
import SandboxCore
import SandboxIO

/// Reads one manifest file as JSON, whatever lies there: never more than ``maximumBytes``, and without waiting for a
/// pipe.
enum ManifestFileReader {
  static let maximumBytes = 1 << 20
  private static let limits = JSONLimits(depth: 64, size: maximumBytes)

  /// Why the file is not read, in words for its owner.
  struct Failure: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    static var system: Failure { Failure("cannot be read: \(SystemError(errno))") }
  }

  static func read(_ path: String) throws(Failure) -> JSONValue {
    let bytes = try contents(of: path)
    if let problem = encodingProblem(bytes) { throw Failure(problem) }
    do throws(SandboxError) {
      return try JSONValue(parsing: bytes, limits: limits)
    } catch {
      throw Failure("is \(error.message)")
    }
  }

  private static func contents(of path: String) throws(Failure) -> [UInt8] {
    // Without O_NONBLOCK, opening a FIFO waits for its writer.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else { throw .system }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .system }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Failure("is not a regular file") }
    let tooLarge = Failure("is larger than \(maximumBytes) bytes")
    guard status.st_size <= maximumBytes else { throw tooLarge }
    var bytes: [UInt8] = []
    // The size may be wrong by the time the file is read, so it is read to its end, but one byte beyond at most.
    while bytes.count <= maximumBytes {
      let room = min(64 << 10, maximumBytes + 1 - bytes.count)
      var failed = false
      let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        let result = Glibc.read(file, buffer.baseAddress, room)
        failed = result < 0
        count = max(0, result)
      }
      if failed { throw .system }
      if chunk.isEmpty { return bytes }
      bytes += chunk
    }
    throw tooLarge
  }

  private static func encodingProblem(_ bytes: [UInt8]) -> String? {
    if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }) { return "is empty" }
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return "begins with a byte order mark; save it as UTF-8 without one" }
    if bytes.starts(with: [0xfe, 0xff]) || bytes.starts(with: [0xff, 0xfe]) || bytes.prefix(2).contains(0) {
      return "is UTF-16 or UTF-32; save it as UTF-8"
    }
    return nil
  }
}
