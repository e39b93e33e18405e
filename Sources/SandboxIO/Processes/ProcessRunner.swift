package import SandboxCore

/// Runs programs as child processes that cannot outlive the call.
package enum ProcessRunner {
  /// Runs a program and returns once it has ended, its output is read, and nothing that it started is left.
  ///
  /// The child leads a session of its own and gets exactly the environment, directory and streams of `spec`. A non-zero
  /// exit code, a death by signal, a passed timeout and too much output are results, told apart by
  /// ``ProcessResult/termination``. A program that ignores SIGTERM is killed: a timeout T returns within T plus the
  /// termination grace plus 250 ms, whatever the program's own children do.
  ///
  /// Cancelling the caller ends everything in the same way; the call then throws `cancelled`, after the child is gone,
  /// with a ``ProcessInterrupted`` as its cause when the child had been started. Otherwise it throws when the program
  /// could not be started: `notFound` when executable, interpreter or working directory is missing, `denied` without
  /// permission, `invalidArgument` for a NUL character, too long arguments or a file that is no program, `unsupported`
  /// when it cannot be confined as its specification asks, `unavailable` (worth trying again) when the system is out of
  /// processes, descriptors or memory.
  package static func run(_ spec: ProcessSpec) async throws(SandboxError) -> ProcessResult {
    if Task.isCancelled {
      throw SandboxError(.cancelled, "\(spec.executable) was not started because its caller was cancelled")
    }
    let stop = try StopSignal()
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Result<ProcessResult, SandboxError>, Never>) in
        let started = DedicatedThread.start {
          continuation.resume(returning: supervise(spec, stop))
        }
        if !started {
          continuation.resume(
            returning: .failure(
              SandboxError(
                .unavailable, "cannot start \(spec.executable): the system has no thread left", retry: .backoff)))
        }
      }
    } onCancel: {
      stop.raise()
    }
    let result = try outcome.get()
    if result.termination == .cancelled {
      throw SandboxError(
        .cancelled, "\(spec.executable) was stopped because its caller was cancelled",
        cause: ProcessInterrupted(result: result))
    }
    return result
  }

  private static func supervise(_ spec: ProcessSpec, _ stop: StopSignal) -> Result<ProcessResult, SandboxError> {
    do throws(SandboxError) {
      return .success(try ProcessSupervisor(spec, stop: stop).run())
    } catch {
      return .failure(error)
    }
  }
}
