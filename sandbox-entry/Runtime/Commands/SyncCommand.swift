import ArgumentParser
import SandboxCloud
import SandboxCore
import SandboxIO
import SandboxSession

struct SyncCommand: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync", abstract: "Delivers what a finished session could not deliver (exit 83).")

  @Argument(help: "Session id.") var id: String
  @OptionGroup var options: SessionOptions

  func execute(_ process: ProcessContext) async -> Int32 {
    var variables = options.variables
    variables[.sessionID] = id
    let assembly = ConfigurationAssembly(process: process, purpose: .inspection, options: variables)
    do {
      let configuration = try assembly.local().1
      let logger = Diagnostics.logger(configuration.log, session: configuration.session.sessionID)
      return try await AsyncHTTPTransport.withTransport(configuration.transport) { transport in
        let endpoint = configuration.endpoint.endpoint(over: transport)
        let opened = try await OpenedSession.open(configuration, endpoint: endpoint, createIfMissing: false)
        let code: SandboxCore.ExitCode
        if let outcome = opened.state.lifecycle.outcome {
          code = await opened.deliverAgain(outcome, stop: process.stop, logger)
        } else {
          StandardError.write("sandbox-entry: session \(id) has not ended; there is nothing to deliver yet")
          code = .temporary
        }
        await opened.close()
        return code.rawValue
      }
    } catch let error {
      if let invalid = error as? InvalidConfiguration { return SessionLaunch.explain(invalid, simple: false) }
      let failure = LaunchFailure(error)
      StandardError.write("sandbox-entry: \(failure.message)")
      return failure.code.rawValue
    }
  }
}
