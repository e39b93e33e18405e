import FoundationEssentials
import Glibc
import Testing

/// Gives the body a new empty folder, under its real path, and removes it afterwards.
func withTemporaryFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
  let folder = try makeTemporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

/// Gives the body a new empty folder, under its real path, and removes it afterwards.
func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
  let folder = try makeTemporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try await body(folder)
}

private func makeTemporaryFolder() throws -> String {
  var template = Array("/tmp/sandbox-io-tests.XXXXXX".utf8CString)
  return try template.withUnsafeMutableBufferPointer { buffer in
    let base = try #require(buffer.baseAddress)
    let path = try #require(mkdtemp(base).flatMap { realpath($0, nil) })
    defer { free(path) }
    return String(cString: path)
  }
}

func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

func write(_ bytes: [UInt8], to path: String) throws {
  let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
  try #require(file >= 0, "cannot create \(path)")
  defer { close(file) }
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
    try #require(count > 0)
    rest = rest.dropFirst(count)
  }
}
