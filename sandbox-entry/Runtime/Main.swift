import ArgumentParser
import Glibc
import SandboxCore
import SandboxIO

/// The executable's entry: what must be in place before anything else, then the command, then the exit code.
@main
enum Main {
  static func main() async {
    StandardDescriptors.secure()
    let stop = StopControl()
    var environment = ProcessEnvironment.read()
    let link = environment.removeValue(forKey: GuardLink.variable).flatMap(GuardLink.init)
    let signals = SignalMonitor(stop: stop, supervisor: link == nil ? nil : getppid())
    if let link { ProcessGuard.adopt(link) }
    ProcessEnvironment.scrub { SecretVariables.contains($0) }
    let process = ProcessContext(stop: stop, signals: signals, environment: environment, guardLink: link)
    let code = await run(Array(CommandLine.arguments.dropFirst()), process)
    exit(code)
  }

  @concurrent
  private static func run(_ arguments: [String], _ process: ProcessContext) async -> Int32 {
    // A supervisor gives no arguments: nothing needs to be parsed then.
    if arguments.isEmpty { return await RunCommand.supervised(process) }
    do {
      var command = try SandboxEntry.parseAsRoot(arguments)
      if let command = command as? any SessionCommand { return await command.execute(process) }
      // The parser's own commands: help and version, which they throw.
      try command.run()
      return 0
    } catch {
      return explain(error)
    }
  }

  /// Help is an answer; anything else is a usage error in one line.
  private static func explain(_ error: any Error) -> Int32 {
    if SandboxEntry.exitCode(for: error).isSuccess {
      print(SandboxEntry.fullMessage(for: error))
      return 0
    }
    let message = SandboxEntry.message(for: error).split(separator: "\n").first.map(String.init) ?? "wrong arguments"
    StandardError.write("sandbox-entry: \(message); see sandbox-entry --help")
    return ExitCode.usage.rawValue
  }
}
