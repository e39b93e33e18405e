internal import CSandbox
internal import Glibc
import SandboxCore

/// A child that was started, with our ends of its streams. Its owner waits until ``exit`` is readable, and then must
/// call ``finish(marker:deadline:)``.
struct ChildProcess: ~Copyable {
  let pid: pid_t
  /// Readable once the child has exited.
  let exit: OwnedDescriptor
  /// Nil when the child has no input from us, or all of it was written.
  var input: OwnedDescriptor?
  var output: OwnedDescriptor?
  var error: OwnedDescriptor?

  /// Starts the program. Blocks until the child has executed it.
  init(_ spec: ProcessSpec) throws(SandboxError) {
    try spec.validate()
    let inputPipe = try Pipe()
    let outputPipe = try Pipe()
    let errorPipe = try Pipe()
    // The child of a program without input reads from the null device in place of the pipe.
    var hasInput = false
    if case .bytes = spec.input { hasInput = true }
    let null = OwnedDescriptor(hasInput ? -1 : open("/dev/null", O_RDONLY | O_CLOEXEC))

    let stdin = hasInput ? inputPipe.reading.number : null.number
    let stdout = outputPipe.writing.number
    let stderr = errorPipe.writing.number
    let environment = CStrings(spec.environment.map { "\($0.0)=\($0.1)" })
    let result = CStrings(spec.argv).withPointer { argv in
      environment.withPointer { envp in
        ChildRegistry.spawn(
          path: spec.executable, argv: argv, envp: envp, directory: spec.workingDirectory,
          streams: (stdin, stdout, stderr), noNewPrivileges: spec.noNewPrivileges)
      }
    }
    guard result.stage == CSB_STAGE_NONE else { throw spec.startFailure(result) }
    pid = result.pid
    exit = OwnedDescriptor(result.pidfd)
    input = hasInput ? inputPipe.takeWriting() : nil
    output = outputPipe.takeReading()
    error = errorPipe.takeReading()
    input?.setNonBlocking()
    output?.setNonBlocking()
    error?.setNonBlocking()
  }

  /// Sends a signal to the child's process group, which exists until the child is finished.
  func signalGroup(_ number: Int32) { kill(-pid, number) }

  /// Ends whatever an exited child has left behind, and collects its status. Nil when the child still runs.
  /// Takes at most `deadline`, and hardly ever more than a millisecond.
  func finish(marker: String?, deadline: Duration) throws(SandboxError) -> ProcessResult.Status? {
    // Before the status is collected: after it, the group's number could belong to somebody else.
    signalGroup(SIGKILL)
    do throws(SystemError) {
      guard let status = try ChildRegistry.reap(pid) else { return nil }
      Subreaper.killOrphans(session: pid, marker: marker, deadline: deadline)
      return status
    } catch {
      throw SandboxError(
        .internalError, "the exit status of process \(pid) is lost: SIGCHLD is ignored, or other code waits for it",
        cause: error)
    }
  }
}
