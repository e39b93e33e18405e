import SandboxCore
import SandboxIO

/// `read_file`: a part of a text file, or of an artifact of this session as `artifacts/<name>`.
struct ReadFileTool: BuiltinTool {
  static let name = "read_file"
  static let defaultBytes = 24 << 10
  static let maximumBytes = 32 << 10
  private static let artifactsFolder = "artifacts/"

  private let context: BuiltinContext

  init(_ context: BuiltinContext) { self.context = context }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = BuiltinArguments(invocation)
    let path = try arguments.string("path")
    let offset = try arguments.int("offset", in: 0...Int.max, default: 0)
    let length = try arguments.int("maxBytes", in: 1...Self.maximumBytes, default: Self.defaultBytes)
    let (bytes, size) = try await read(path, offset, length)
    let text = try TextWindow(bytes, isWithin: offset > 0, reachesEnd: offset >= size - bytes.count, path: path)
    let (start, next) = (offset + text.skipped, offset + text.skipped + text.length)
    var result: JSONObject = [
      "path": .string(path), "bytes": .int(Int64(size)), "text": .string(text.text), "truncated": .bool(next < size),
    ]
    if start > 0 { result["offset"] = .int(Int64(start)) }
    if next < size { result["nextOffset"] = .int(Int64(next)) }
    if text.replacements > 0 { result["invalidBytes"] = .int(Int64(text.replacements)) }
    return ToolOutput(json: .object(result))
  }

  private func read(_ path: String, _ offset: Int, _ length: Int) async throws(SandboxError) -> ([UInt8], size: Int) {
    let workspace = context.workspace
    do throws(SandboxError) {
      let window = try await BlockingWork.run { _ throws(SandboxError) in
        let file = try workspace.resolve(path, for: .read)
        guard !FileKind.isFolder(file) else {
          throw SandboxError(.invalidArgument, "\(path.quoted) is a folder; list_files shows what is in it")
        }
        return try BoundedFile.read(file, offset: offset, length: length, name: path)
      }
      return (window.bytes, window.fileSize)
    } catch {
      guard error.code == .notFound, path.hasPrefix(Self.artifactsFolder) else { throw error }
      let name = String(path.dropFirst(Self.artifactsFolder.count))
      guard let artifact = context.log.read({ $0.artifacts.first { $0.name == name } }) else { throw error }
      let bytes = try await context.blobs.get(artifact.content)
      return (Array(bytes.dropFirst(offset).prefix(length)), bytes.count)
    }
  }
}
