import ArgumentParser
import Glibc
import SandboxCore
import SandboxTools

struct ToolsCallCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: "Calls one tool by hand; the current folder is its workspace.",
    discussion: "Artifacts that it makes are in artifacts/ of the current folder afterwards.")

  @Argument(help: "The tool's id or name.") var tool: String
  @Argument(help: "Its arguments as a JSON object.") var arguments: String = "{}"
  @OptionGroup var options: SessionOptions

  func execute(_ process: ProcessContext) async -> Int32 {
    let assembly = ConfigurationAssembly(process: process, purpose: .inspection, options: options.variables)
    let request = ToolCall(
      id: CallID("call"), taskID: .root, agentID: .system, tool: tool, arguments: arguments)
    do {
      let configuration = try assembly.local().1
      let result = try await ToolWorkbench(configuration: configuration, process: process).run { bus, loaded in
        for problem in loaded.problems where !problem.isWarning { StandardError.write("skipped: \(problem)") }
        return try await bus.execute(request)
      }
      print(configuration.redactor.redact(result.text))
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
}
