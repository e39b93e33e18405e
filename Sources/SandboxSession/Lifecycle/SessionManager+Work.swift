import SandboxAgents
import SandboxCore

extension SessionManager {
  private enum Step: Sendable { case finished(Result<String, SandboxError>), stopped }

  /// Lets the meta-agent work until it has an answer, the time is over or somebody asks to stop. Returns only when
  /// everything below has ended.
  func perform(_ work: Work, _ deadline: SessionDeadline) async -> Result<String, SandboxError> {
    let stop = environment.stop
    let time = environment.time
    let request = configuration.request
    return await withTaskGroup(of: Step.self) { group in
      group.addTask {
        do {
          return .finished(.success(try await work.orchestrator.run(request)))
        } catch {
          return .finished(.failure(SandboxError.wrap(error)))
        }
      }
      group.addTask {
        _ = await stop.waitForStop()
        return .stopped
      }
      group.addTask {
        do {
          try await time.sleep(deadline.work.remaining)
          stop.requestStop(
            StopReason(.duration, "Execution timeout: the limit of \(deadline.duration.milliseconds) ms is reached"))
        } catch {}
        return .stopped
      }
      var result: Result<String, SandboxError> = .failure(SandboxError(.internalError, "the orchestration vanished"))
      for await step in group {
        if case .finished(let end) = step { result = end }
        group.cancelAll()
      }
      return result
    }
  }
}
