package import SandboxCore
import SandboxTools

/// Runs one session from boot to its last report. It owns everything by scope, never throws, and ends with an outcome:
/// that is data, from which the exit code follows.
///
/// Cancelling the task that runs it is not how a session is stopped: `StopControl.requestStop` is. Finishing happens in
/// a scope that no stop reaches, and within a time of its own.
package struct SessionManager: Sendable {
  let environment: SessionEnvironment
  let lifecycle: LifecycleControl
  let status: StatusReporter
  let statusFile: StatusWriter

  package init(environment: SessionEnvironment, document: StatusDocument) {
    self.environment = environment
    let statusFile = StatusWriter(environment, document)
    self.statusFile = statusFile
    status = StatusReporter(
      endpoint: environment.endpoint, time: environment.time,
      onFailure: { [notice = environment.notice] in
        notice(.init(.warning, "the cloud was not told '\($0.phase.rawValue)': \($1.message)"))
      })
    lifecycle = LifecycleControl(
      log: environment.log, session: environment.configuration.sessionID, time: environment.time, status: status,
      writeStatus: { await statusFile.write() })
  }

  package func run() async -> Outcome {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await status.run() }
      group.addTask { await keepStatusFresh() }
      let outcome = await session()
      group.cancelAll()
      return outcome
    }
  }

  private func session() async -> Outcome {
    let deadline = SessionDeadline(environment.configuration.limits.maxDuration, time: environment.time)
    var work: Work?
    var connections: MCPConnections?
    var result: Result<String, SandboxError>
    do {
      let prepared = try await boot(deadline, opening: &connections)
      work = prepared
      result = await perform(prepared, deadline)
    } catch {
      result = .failure(error)
    }
    // Servers take their time to end, in which the results can be delivered.
    async let closed: Void? = connections?.shutdown()
    let outcome = await Finalizer(manager: self, work: work, deadline: deadline).finish(result)
    await closed
    return outcome
  }

  /// Writes `status.json` each second, also when nothing happens; a transition writes it at once by itself.
  private func keepStatusFresh() async {
    while !Task.isCancelled {
      do { try await environment.time.sleep(.seconds(1)) } catch { return }
      await statusFile.write()
    }
  }
}
