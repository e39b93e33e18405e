import Glibc
import SandboxTestKit

/// A duration for `sleep` that no other process on the machine has in its command line.
///
/// A tool's environment is made by the runtime, so that is the way to recognise what a tool has started.
struct Marker: Sendable {
  let seconds = "3600.\(UInt64.random(in: 100_000_000_000...999_999_999_999))"

  /// The command lines of the living processes that have it.
  var processes: [String] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var found: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      guard Int(name) != nil else { continue }
      // Empty for a process that is dead and waits for its parent.
      let line = LaunchedSession.text("/proc/\(name)/cmdline").replacing("\0", with: " ")
      if line.contains(seconds) { found.append("\(name): \(line)") }
    }
    return found
  }

  /// Those that are still there a second after it was asked.
  func leftovers() async throws -> [String] {
    _ = try await eventually(within: .seconds(1)) { processes.isEmpty }
    return processes
  }
}
