import FoundationEssentials
import Glibc
import SandboxCore
import Testing

@testable import SandboxTools

/// A folder for one test, removed when the test is done with it.
final class TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/sandbox-test-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer {
      $0.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    path = try #require(made.flatMap { realpath($0, nil) }.map { String(cString: $0) })
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ name: String, _ bytes: some Sequence<UInt8>, mode: mode_t = 0o644) throws -> String {
    let path = "\(path)/\(name)"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    try #require(file >= 0)
    defer { close(file) }
    let bytes = Array(bytes)
    try #require(Glibc.write(file, bytes, bytes.count) == bytes.count)
    // Whatever the umask is.
    fchmod(file, mode)
    return path
  }

  @discardableResult
  func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws -> String {
    try write(name, Array(text.utf8), mode: mode)
  }

  func folder(_ name: String) { mkdir("\(path)/\(name)", 0o755) }
}

enum Manifests {
  static let builtins: Set<String> = ["echo", "list_available_tools"]

  /// A manifest that is fine, with some of its parts replaced; null takes one away.
  static func manifest(_ changes: JSONObject = [:]) -> JSONValue {
    var object: JSONObject = [
      "id": "echo", "name": "echo", "version": "1.0.0", "type": "builtin",
      "schema": ["description": "Says it again", "parameters": ["type": "object"]],
      "metadata": ["category": "execution"],
    ]
    for (key, value) in changes { object[key] = value.isNull ? nil : value }
    return .object(object)
  }

  static func command(_ argv: JSONValue, _ changes: JSONObject = [:]) -> JSONObject {
    var object: JSONObject = ["id": "cmd", "name": "cmd", "type": "command", "command": ["argv": argv]]
    for (key, value) in changes { object[key] = value }
    return object
  }

  static func load(_ value: JSONValue) throws -> ManifestCatalog {
    let folder = try TemporaryFolder()
    return ManifestLoader.load(paths: [try folder.write("m.json", value.text())], builtins: builtins)
  }
}
