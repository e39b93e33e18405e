import Glibc
import Logging
import SandboxCloud
import SandboxCore
import SandboxIO
import SandboxSession
import SandboxStore

/// One start of a session: configuration, lock, journal, run, exit code. Everything it opens it closes, in reverse order.
struct SessionLaunch {
  let process: ProcessContext
  let purpose: ConfigurationLoader.Purpose
  let options: [Variable: String]

  func run() async -> Int32 {
    let assembly = ConfigurationAssembly(process: process, purpose: purpose, options: options)
    do {
      let (sources, local) = try assembly.local()
      return await launch(assembly, sources, local)
    } catch {
      var others: [ConfigurationProblem] = []
      let codes = ConfigurationSources(environment: process.environment).text(.exitCodes, &others)
      return Self.explain(error, simple: codes == "simple")
    }
  }

  private func launch(
    _ assembly: ConfigurationAssembly, _ sources: ConfigurationSources, _ local: RunConfiguration
  ) async -> Int32 {
    await AsyncHTTPTransport.withTransport(local.transport) { transport in
      var configuration = local
      let logger = Diagnostics.logger(local.log, session: local.session.sessionID)
      do {
        let isolation = await IsolationSetup.establish(local)
        if local.isolation == .required, let reason = IsolationSetup.shortfall(isolation.report) {
          throw LaunchFailure(.isolation, reason)
        }
        let endpoint = local.endpoint.endpoint(over: transport)
        if local.fetchesConfiguration {
          let cloud = try await ConfigurationFetch(endpoint: endpoint, stop: process.stop).run(local.session.sessionID)
          configuration = try assembly.merged(sources, cloud: cloud)
        }
        for warning in configuration.warnings { logger.warning("\(warning)") }
        if let warning = IsolationSetup.warning(isolation.report, local.isolation) { logger.warning("\(warning)") }
        let opened = try await OpenedSession.open(configuration, endpoint: endpoint)
        let code = await opened.run(
          configuration, transport: transport, process: process, logger: logger, isInteractive: isInteractive,
          isolation: isolation)
        await opened.close()
        return configuration.usesSimpleExitCodes ? code.simple : code.rawValue
      } catch let error as InvalidConfiguration {
        return Self.explain(error, simple: local.usesSimpleExitCodes)
      } catch {
        let failure = LaunchFailure(error, stoppedBy: process.stop.reason)
        StandardError.write("sandbox-entry: \(failure.message)")
        return local.usesSimpleExitCodes ? failure.code.simple : failure.code.rawValue
      }
    }
  }

  private var isInteractive: Bool {
    if case .interactive = purpose { return true }
    return false
  }

  static func explain(_ error: InvalidConfiguration, simple: Bool) -> Int32 {
    if let stop = error.stop {
      let code = Outcome(stop: stop, isSynced: false).exitCode
      return simple ? code.simple : code.rawValue
    }
    for problem in error.problems { StandardError.write("sandbox-entry: \(problem)") }
    return simple ? ExitCode.config.simple : ExitCode.config.rawValue
  }
}
