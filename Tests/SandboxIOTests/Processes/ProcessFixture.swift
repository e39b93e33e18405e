import Glibc
import SandboxCore
import SandboxIO
import Testing

/// What a test's child gets unless the test says otherwise.
let basicEnvironment = [("PATH", "/usr/bin:/bin"), ("LANG", "C.UTF-8")]

func spec(_ argv: String..., change: (inout ProcessSpec) -> Void = { _ in }) -> ProcessSpec {
  var spec = ProcessSpec(
    argv: argv, environment: basicEnvironment, workingDirectory: "/", timeout: .seconds(60))
  change(&spec)
  return spec
}

func shell(_ script: String, change: (inout ProcessSpec) -> Void = { _ in }) -> ProcessSpec {
  var spec = spec("/bin/sh", "-c", script)
  change(&spec)
  return spec
}

/// Whether the process runs; one that has ended but is not collected does not.
func isAlive(_ pid: pid_t) -> Bool {
  guard let stat = try? contents(of: "/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else { return false }
  let state = stat[end...].dropFirst(2).first
  return state != "Z" && state != "X"
}

func contents(of path: String) throws -> String {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw SandboxError(.notFound, "cannot open \(path)") }
  defer { close(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = read(file, &buffer, buffer.count)
    if count <= 0 { break }
    bytes += buffer[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// Waits until the condition holds; false when it does not within a minute, which is for machines that are very busy.
func eventually(_ condition: () -> Bool) async throws -> Bool {
  let end = ContinuousClock.now + .seconds(60)
  while ContinuousClock.now < end {
    if condition() { return true }
    try await Task.sleep(for: .milliseconds(5))
  }
  return condition()
}

/// The process number that a test's child has written to a file.
func pid(in path: String) async throws -> pid_t {
  func read() -> pid_t? { (try? contents(of: path)).flatMap { $0.hasSuffix("\n") ? pid_t($0.dropLast()) : nil } }
  _ = try await eventually { read() != nil }
  return try #require(read())
}
