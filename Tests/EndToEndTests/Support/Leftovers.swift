import Glibc
import SandboxTestKit

/// Processes that have something to do with a test's folder, and should be gone.
enum Leftovers {
  /// Each as `pid: command line`; by working directory, arguments or environment.
  static func processes(of folder: Folder) -> [String] {
    guard let proc = opendir("/proc") else { return ["/proc cannot be read"] }
    defer { closedir(proc) }
    var found: [String] = []
    while let entry = readdir(proc) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard let pid = pid_t(name), pid != getpid() else { continue }
      let traces =
        [link("/proc/\(pid)/cwd")] + ["cmdline", "environ"].map { LaunchedSession.text("/proc/\(pid)/\($0)") }
      guard traces.contains(where: { $0.contains(folder.path) }) else { continue }
      found.append("\(pid): \(traces[1].split(separator: "\0").joined(separator: " "))")
    }
    return found
  }

  private static func link(_ path: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
