import ArgumentParser

/// The command line. Without arguments the program runs the session that its environment describes.
struct SandboxEntry: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox-entry",
    abstract: "Runs one agent session inside a sandbox.",
    discussion: """
      A supervisor starts it with the job in environment variables and no argument. By hand:
        sandbox-entry run --request "Which file is the largest?" --input ./data
      Environment variables, exit codes and files are described in README.md.
      """,
    version: Version.text,
    subcommands: [
      RunCommand.self, CheckCommand.self, ToolsCommand.self, SyncCommand.self,
    ] + LaterCommands.all,
    defaultSubcommand: RunCommand.self)
}

/// A command of ours: does its work and returns the exit code.
protocol SessionCommand: ParsableCommand {
  func execute(_ process: ProcessContext) async -> Int32
}

enum Version {
  static let text = "0.1.0"
}
