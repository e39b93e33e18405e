internal import CSandbox
internal import Glibc
import SandboxCore

extension ProcessSpec {
  var executable: String { argv.first ?? "" }

  /// Checks what the system would misread or refuse without saying why.
  func validate() throws(SandboxError) {
    guard executable.hasPrefix("/") else {
      throw SandboxError(
        .invalidArgument, "cannot start '\(executable)': the executable must be given by its absolute path")
    }
    guard workingDirectory.hasPrefix("/") else {
      throw SandboxError(
        .invalidArgument, "cannot start \(executable): the working directory '\(workingDirectory)' is not absolute")
    }
    func refuseNUL(_ text: String, _ what: @autoclosure () -> String) throws(SandboxError) {
      guard !text.utf8.contains(0) else {
        throw SandboxError(.invalidArgument, "cannot start \(executable): \(what()) contains a NUL character")
      }
    }
    for (index, argument) in argv.enumerated() { try refuseNUL(argument, "argument \(index)") }
    try refuseNUL(workingDirectory, "the working directory")
    for (name, value) in environment {
      try refuseNUL(name, "the name of an environment variable")
      try refuseNUL(value, "the environment variable \(name)")
      guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "=")) else {
        throw SandboxError(
          .invalidArgument, "cannot start \(executable): '\(name)' is not the name of an environment variable")
      }
    }
  }

  /// The error for a child that could not be started.
  func startFailure(_ result: csb_spawn_result) -> SandboxError {
    let cause = SystemError(result.error_number)
    let isDirectory = result.stage == CSB_STAGE_DIRECTORY
    let subject = isDirectory ? "the working directory \(workingDirectory)" : executable
    let step = Self.name(of: result.stage)
    func error(_ code: SandboxError.Code, _ reason: String, retry: SandboxError.Retry = .never) -> SandboxError {
      SandboxError(
        code, "cannot start \(executable): \(step) failed for \(subject): \(reason)", cause: cause, retry: retry)
    }
    switch result.error_number {
    case ENOENT where !isDirectory && access(executable, F_OK) == 0:
      return error(.notFound, "the file is there, but the interpreter or loader that it names is missing")
    case ENOENT, ENOTDIR: return error(.notFound, "no such file or directory")
    case EACCES, EPERM: return error(.denied, "permission denied; check that it may be executed")
    case E2BIG: return error(.invalidArgument, "arguments and environment are too long")
    case ENOEXEC: return error(.invalidArgument, "not a program; a script needs an interpreter in its first line")
    case ELOOP, ENAMETOOLONG, EISDIR, EINVAL, ELIBBAD: return error(.invalidArgument, cause.description)
    case EAGAIN, ENOMEM, EMFILE, ENFILE, ETXTBSY, EINTR: return error(.unavailable, cause.description, retry: .backoff)
    case ENOSYS: return error(.unsupported, "this kernel lacks a system call that is needed")
    default: return error(.internalError, cause.description)
    }
  }

  private static func name(of stage: csb_stage) -> String {
    switch stage {
    case CSB_STAGE_CLONE: "creating a process"
    case CSB_STAGE_SESSION: "creating a session"
    case CSB_STAGE_SIGNALS: "resetting signals"
    case CSB_STAGE_DESCRIPTORS: "connecting the streams"
    case CSB_STAGE_DIRECTORY: "changing directory"
    case CSB_STAGE_PRIVILEGES: "giving up privileges"
    case CSB_STAGE_CLOSE: "closing descriptors"
    default: "executing"
    }
  }
}
