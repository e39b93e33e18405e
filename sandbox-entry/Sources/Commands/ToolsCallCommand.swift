import ArgumentParser
import Glibc
import SandboxCore
import SandboxIO
import SandboxSession
import SandboxStore
import SandboxTools

struct ToolsCallCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: "Calls one tool by hand; the current folder is its workspace.")

  @Argument(help: "The tool's id or name.") var tool: String
  @Argument(help: "Its arguments as a JSON object.") var arguments: String = "{}"
  @OptionGroup var options: SessionOptions

  func execute(_ process: ProcessContext) async -> Int32 {
    let assembly = ConfigurationAssembly(process: process, purpose: .inspection, options: options.variables)
    do {
      let configuration = try assembly.local().1
      let result = try await call(configuration, process)
      print(result.text)
      fflush(nil)
      return result.isError ? ExitCode.failed.rawValue : 0
    } catch let error as InvalidConfiguration {
      return SessionLaunch.explain(error, simple: false)
    } catch {
      let failure = LaunchFailure(error)
      StandardError.write("sandbox-entry: \(failure.message)")
      return failure.code.rawValue
    }
  }

  private static func currentDirectory() throws(SandboxError) -> String {
    guard let path = getcwd(nil, 0) else {
      throw SandboxError(.io, "the current folder cannot be used: \(String(cString: strerror(errno)))")
    }
    defer { free(path) }
    return String(cString: path)
  }

  /// Through the same bus as in a session, with a journal in memory.
  private func call(_ configuration: RunConfiguration, _ process: ProcessContext) async throws -> ToolCallResult {
    let log = SessionLog(journal: InMemoryJournal(), time: .system)
    var template = Array("/tmp/sandbox-entry.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw SandboxError(.io, "cannot make a folder in /tmp: \(String(cString: strerror(errno)))")
    }
    let temporary = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let blobs = FileBlobStore(directory: temporary)
    let workspace = try Workspace.prepare(root: try Self.currentDirectory(), inputs: configuration.inputs)
    let limits = configuration.session.limits
    let bus = ToolBus(
      log: log, limits: limits, deadline: Deadline(after: limits.maxDuration, time: .system),
      callGate: CallRateGate(callsPerMinute: nil, time: .system), time: .system, stop: process.stop)
    let provider = ToolComposition.provider(
      workspace: workspace, temporary: temporary, log: log, blobs: blobs)
    for manifest in Manifests.load(configuration).manifests {
      try await bus.register(manifest.definition(), executor: provider.executor(manifest.kind, bus))
    }
    let request = ToolCall(
      id: CallID("call"), taskID: .root, agentID: .system, tool: tool, arguments: arguments)
    return try await withThrowingTaskGroup(of: ToolCallResult?.self) { group in
      group.addTask { try await bus.execute(request) }
      group.addTask {
        _ = await process.stop.waitForStop()
        return nil
      }
      defer { group.cancelAll() }
      guard let result = try await group.next() ?? nil else {
        throw LaunchFailure(.terminated, "stopped")
      }
      return result
    }
  }
}
