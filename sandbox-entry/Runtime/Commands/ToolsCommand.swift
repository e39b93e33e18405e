import ArgumentParser

struct ToolsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tools", abstract: "Shows, checks and calls the tools that the manifests put on the bus.",
    subcommands: [ToolsListCommand.self, ToolsLintCommand.self, ToolsCallCommand.self])
}
