import Glibc
import SandboxCore
import SandboxTestKit

/// A temporary folder that is gone when the test is over, whatever became of it.
struct Folder: Sendable {
  let path: String

  static func with<R>(_ body: (Folder) async throws -> R) async throws -> R {
    var template = Array("/tmp/sandbox-e2e.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SandboxError(.io, "no temporary folder") }
    let folder = Folder(path: String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    do {
      let result = try await body(folder)
      await folder.remove()
      return result
    } catch {
      await folder.remove()
      throw error
    }
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let file = "\(path)/\(name)"
    if let slash = name.lastIndex(of: "/") { makeFolder(String(name[..<slash])) }
    guard let stream = fopen(file, "w") else { throw SandboxError(.io, "cannot write \(file)") }
    defer { fclose(stream) }
    let bytes = Array(text.utf8)
    guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else { throw SandboxError(.io, "cannot write \(file)") }
    return file
  }

  func makeFolder(_ name: String) {
    var current = path
    for part in name.split(separator: "/") {
      current += "/\(part)"
      mkdir(current, 0o700)
    }
  }

  func text(_ name: String) -> String { LaunchedSession.text("\(path)/\(name)") }

  func exists(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }

  private func remove() async {
    guard
      let removal = try? LaunchedSession(
        executable: "/bin/rm", arguments: ["-rf", path], environment: [:], folder: "/tmp")
    else { return }
    _ = try? await removal.wait()
  }
}
