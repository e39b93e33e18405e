import ArgumentParser
import SandboxCore
import SandboxTools

struct ToolsListCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists what is on the bus; MCP servers are started to ask for their tools.")

  @OptionGroup var options: SessionOptions
  @Flag(help: "Print JSON.") var json = false

  func execute(_ process: ProcessContext) async -> Int32 {
    let assembly = ConfigurationAssembly(process: process, purpose: .inspection, options: options.variables)
    do {
      let loaded = try await ToolWorkbench(configuration: try assembly.local().1, process: process).run { $1 }
      for problem in loaded.problems where !problem.isWarning { StandardError.write("skipped: \(problem)") }
      print(
        ProcessSecrets.redact(
          json ? JSONValue.array(loaded.tools.map(Self.json)).text(.pretty) : Self.table(loaded.tools)))
      return loaded.tools.isEmpty ? ExitCode.data.rawValue : 0
    } catch let error as InvalidConfiguration {
      return SessionLaunch.explain(error, simple: false)
    } catch {
      let failure = LaunchFailure(error)
      StandardError.write("sandbox-entry: \(failure.message)")
      return failure.code.rawValue
    }
  }

  private static func table(_ tools: [ToolDefinition]) -> String {
    let width = tools.map(\.id.rawValue.count).max() ?? 0
    return tools.map { tool in
      let name = tool.id.rawValue.padded(to: width)
      let summary = tool.description.split(separator: "\n").first.map(String.init) ?? ""
      return "\(name)  \(tool.category.padded(to: 11))  \(tool.effect.rawValue.padded(to: 10))  \(summary)"
    }.joined(separator: "\n")
  }

  private static func json(_ tool: ToolDefinition) -> JSONValue {
    [
      "id": .string(tool.id.rawValue), "name": .string(tool.name), "version": .string(tool.version),
      "category": .string(tool.category), "description": .string(tool.description),
      "effect": .string(tool.effect.rawValue), "approval": .string(tool.approval.rawValue),
      "parameters": tool.parameters, "returns": tool.returns ?? .null, "source": .string(tool.source),
    ]
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
