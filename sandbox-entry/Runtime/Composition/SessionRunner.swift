import Glibc
import Logging
import SandboxAgents
import SandboxControl
import SandboxCore
import SandboxIO
import SandboxSession
import SandboxStore
import SandboxTools

/// Puts the parts of a running session together and lets it run.
struct SessionRunner {
  let opened: OpenedSession
  let configuration: RunConfiguration
  let transport: AsyncHTTPTransport
  let process: ProcessContext
  let logger: Logger
  let isInteractive: Bool
  let isolation: Isolation
  private let proxy: EgressProxy

  init(
    opened: OpenedSession, configuration: RunConfiguration, transport: AsyncHTTPTransport, process: ProcessContext,
    logger: Logger, isInteractive: Bool, isolation: Isolation
  ) {
    self.opened = opened
    self.configuration = configuration
    self.transport = transport
    self.process = process
    self.logger = logger
    self.isInteractive = isInteractive
    self.isolation = isolation
    proxy = EgressProxy(policy: configuration.addresses, socket: isolation.proxySocket)
  }

  /// - Parameter reason: why a session whose runtime died only has to be ended; nil to run it.
  func run(concluding reason: StopReason? = nil) async -> ExitCode {
    let screen = Screen(configuration: configuration, environment: process.environment)
    let log = SessionLog(
      journal: opened.journal, resuming: opened.state, time: .system, redactor: configuration.redactor,
      observers: [screen.observe])
    let document = StatusDocument(
      endpoint: opened.endpoint.name, isolation: isolation.report.json, processID: getpid())
    let outcome: Outcome
    do {
      let environment = try environment(log, screen)
      let manager = SessionManager(environment: environment, document: document)
      armSignals(log, document)
      process.signals.guaranteeExit(
        after: configuration.session.limits.maxDuration + configuration.session.shutdownGrace + .seconds(60))
      outcome = await withTaskGroup(of: Void.self) { group in
        group.addTask { await screen.keepFresh(from: log) }
        group.addTask { await boundStop() }
        defer { group.cancelAll() }
        if let reason { return await manager.conclude(reason) }
        return await manager.run()
      }
    } catch {
      let reason = StopReason(LaunchFailure(error).code == .config ? .data : .failure, error.description)
      logger.error("\(error.description)")
      outcome = Outcome(stop: reason, isSynced: false)
    }
    armSignals(log, document, ended: outcome)
    process.signals.guaranteeExit(after: .seconds(5))
    // Whatever is left by now the guard ends when we exit.
    ProcessGuard.killAll()
    await proxy.shutdown()
    // For whoever reads no events: one line that says why it is not done.
    if let stop = outcome.stop, !isInteractive { logger.error("\(outcome.name): \(stop.detail)") }
    let state = log.current
    await screen.finish(
      state: state, outcome: outcome,
      exitCode: configuration.usesSimpleExitCodes ? outcome.exitCode.simple : outcome.exitCode.rawValue,
      directory: opened.directory.path, isInteractive: isInteractive)
    return outcome.exitCode
  }

  /// A stop that no signal asked for is bounded, too: a tool or a model that ignores it cannot keep the process alive.
  private func boundStop() async {
    guard let reason = await process.stop.waitForStop(), reason.phase != .cancelled else { return }
    process.signals.guaranteeExit(after: configuration.session.shutdownGrace + .seconds(10))
  }

  private func environment(_ log: SessionLog, _ screen: Screen) throws(SandboxError) -> SessionEnvironment {
    let workspace = try Workspace.prepare(root: opened.directory.paths.workspace, inputs: configuration.inputs)
    let directory = opened.directory
    isolation.prepare([workspace.root] + workspace.inputs.values.sorted())
    return SessionEnvironment(
      configuration: configuration.session, log: log, blobs: opened.blobs, endpoint: opened.endpoint,
      stop: process.stop, hurry: process.hurry, time: .system,
      models: ModelComposition.provider(configuration, transport: transport),
      tools: ToolComposition(
        configuration: configuration, transport: transport, workspace: workspace, temporary: directory.paths.calls,
        log: log, blobs: opened.blobs, isolation: isolation, proxy: proxy
      ).loader(),
      reports: ReportWriter(
        status: { document, isFinal in try await directory.writeStatus(document, isDurable: isFinal) },
        result: { document in try await directory.writeResult(document) },
        artifact: { name, bytes in try await directory.writeArtifact(name: name, bytes: bytes) }),
      notice: { [logger] notice in
        // A log line in the middle of the live block would tear it.
        if notice.level != .info, screen.interject("\(notice.level): \(notice.text)") { return }
        switch notice.level {
        case .info: logger.info("\(notice.text)")
        case .warning: logger.warning("\(notice.text)")
        case .error: logger.error("\(notice.text)")
        }
      })
  }

  /// The last line of defence: whatever hangs, the process is gone when the grace time is over, and the status says so.
  private func armSignals(_ log: SessionLog, _ document: StatusDocument, ended: Outcome? = nil) {
    let directory = opened.directory
    let stop = process.stop
    ProcessGuard.announceSession(grace: configuration.session.shutdownGrace)
    process.signals.configure(
      grace: configuration.session.shutdownGrace,
      forcedExit: { [isSimple = configuration.usesSimpleExitCodes] in
        ProcessGuard.killAll()
        let state = log.current
        // A session that has ended stays as it is: only what is after the end is cut short.
        let ending = ended ?? state.lifecycle.outcome ?? Outcome(stop: stop.reason, isSynced: false)
        directory.writeStatusNow(document.json(of: state, now: TimeSource.system.wallMilliseconds(), ending: ending))
        return isSimple ? ending.exitCode.simple : ending.exitCode.rawValue
      },
      onReport: {
        StandardError.write(document.json(of: log.current, now: TimeSource.system.wallMilliseconds()).text(.compact))
      },
      onHurry: { [hurry = process.hurry] in
        hurry.requestStop(StopReason(.terminate, "second signal"))
        ProcessGuard.killAll()
      })
  }
}
