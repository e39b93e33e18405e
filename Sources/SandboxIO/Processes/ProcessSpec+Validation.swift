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
    for rule in confinement.files { try refuseNUL(rule.path, "a path of its confinement") }
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
  func startFailure(_ report: csb_report) -> SandboxError {
    let cause = SystemError(report.error_number)
    let stage = csb_stage(UInt32(bitPattern: report.stage))
    let isDirectory = stage == CSB_STAGE_DIRECTORY
    if let error = confinementFailure(stage, cause) { return error }
    let subject = isDirectory ? "the working directory \(workingDirectory)" : executable
    let step = Self.name(of: stage)
    func error(_ code: SandboxError.Code, _ reason: String, retry: SandboxError.Retry = .never) -> SandboxError {
      SandboxError(
        code, "cannot start \(executable): \(step) failed for \(subject): \(reason)", cause: cause, retry: retry)
    }
    switch report.error_number {
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

  /// A layer that is asked for is not left out.
  private func confinementFailure(_ stage: csb_stage, _ cause: SystemError) -> SandboxError? {
    switch stage {
    case CSB_STAGE_NAMESPACES, CSB_STAGE_RULES, CSB_STAGE_LIMITS, CSB_STAGE_CAPABILITIES, CSB_STAGE_PRIVILEGES,
      CSB_STAGE_LANDLOCK, CSB_STAGE_SECCOMP:
      SandboxError(
        .unsupported,
        "\(executable) was not started because it cannot be confined as it must be: \(Self.name(of: stage)) failed: "
          + "\(cause)", cause: ConfinementFailure(mechanism: Self.mechanism(of: stage), cause: cause))
    default: nil
    }
  }

  private static func mechanism(of stage: csb_stage) -> IsolationMechanism? {
    switch stage {
    case CSB_STAGE_LANDLOCK, CSB_STAGE_RULES: .landlock
    case CSB_STAGE_SECCOMP: .seccomp
    case CSB_STAGE_NAMESPACES: .namespaces
    case CSB_STAGE_CAPABILITIES: .capabilities
    default: nil
    }
  }

  private static func name(of stage: csb_stage) -> String {
    switch stage {
    case CSB_STAGE_CLONE: "creating a process"
    case CSB_STAGE_NAMESPACES: "entering namespaces"
    case CSB_STAGE_SESSION: "creating a session"
    case CSB_STAGE_SIGNALS: "resetting signals"
    case CSB_STAGE_DESCRIPTORS: "connecting the streams"
    case CSB_STAGE_DIRECTORY: "changing directory"
    case CSB_STAGE_REQUEST: "reading the request"
    case CSB_STAGE_RULES: "making the rules for files and system calls"
    case CSB_STAGE_LIMITS: "limiting resources"
    case CSB_STAGE_CAPABILITIES: "dropping capabilities"
    case CSB_STAGE_PRIVILEGES: "giving up privileges"
    case CSB_STAGE_LANDLOCK: "restricting files (Landlock)"
    case CSB_STAGE_SECCOMP: "restricting system calls (seccomp)"
    case CSB_STAGE_CLOSE: "closing descriptors"
    default: "executing"
    }
  }
}
