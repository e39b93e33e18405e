import Glibc
import SandboxCore
import SandboxIO

/// `append_file`: adds to the end of a file of the workspace. A tool of its own, because doing it twice is not the same
/// as doing it once: unlike `write_file` it must never be repeated.
struct AppendFileTool: BuiltinTool {
  static let name = "append_file"
  static let maximumFileBytes = 64 << 20

  private let workspace: Workspace

  init(_ context: BuiltinContext) { workspace = context.workspace }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = BuiltinArguments(invocation)
    let path = try arguments.string("path")
    let content = Array(try arguments.string("content", maximumBytes: WriteFileTool.maximumBytes).utf8)
    let workspace = workspace
    return try await BlockingWork.run { _ throws(SandboxError) in
      let file = try FileTarget(path, in: workspace)
      return file.output(bytes: try Self.append(content, to: file))
    }
  }

  /// The file's size afterwards.
  private static func append(_ content: [UInt8], to file: FileTarget) throws(SandboxError) -> Int {
    let flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let descriptor = open(file.absolute, flags, 0o644)
    guard descriptor >= 0 else { throw failure(file) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(file) }
    let size = Int(status.st_size)
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SandboxError(.invalidArgument, "\(file.path.quoted) is not a regular file")
    }
    guard size + content.count <= maximumFileBytes else {
      throw SandboxError(
        .limitExceeded, "\(file.path.quoted) would be larger than \(maximumFileBytes) bytes; begin another file")
    }
    var rest = content[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        let error = failure(file)
        // What was written of it goes again, so that the error means that nothing was added.
        _ = ftruncate(descriptor, off_t(size))
        throw error
      }
    }
    guard fsync(descriptor) == 0 else { throw failure(file) }
    return size + content.count
  }

  private static func failure(_ file: FileTarget) -> SandboxError {
    SandboxError(.toolFailed, "cannot append to \(file.path.quoted): \(String(cString: strerror(errno)))")
  }
}
