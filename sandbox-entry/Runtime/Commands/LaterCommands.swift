import ArgumentParser
import SandboxCore

/// Commands of the contract that this version does not have. They say so, instead of being unknown.
enum LaterCommands {
  static let all: [any ParsableCommand.Type] = [
    ResumeCommand.self, InspectCommand.self, ReplayCommand.self, ReportCommand.self, StatusCommand.self,
    TailCommand.self, PauseCommand.self, ContinueCommand.self, CancelCommand.self, ApproveCommand.self,
    DenyCommand.self, SayCommand.self, LimitCommand.self, SessionsCommand.self, ServeCommand.self,
  ]
}

protocol LaterCommand: SessionCommand {
  static var name: String { get }
  static var instead: String { get }
  var rest: [String] { get }
}

extension LaterCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: name, abstract: "Not available in this version.")
  }

  func execute(_ process: ProcessContext) async -> Int32 {
    StandardError.write("sandbox-entry: '\(Self.name)' is not available in this version; \(Self.instead)")
    return ExitCode.usage.rawValue
  }
}
