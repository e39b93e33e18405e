import SandboxCore

/// Why a session did not even begin, with the exit code that says so.
struct LaunchFailure: Error {
  let code: ExitCode
  let message: String

  init(_ code: ExitCode, _ message: String) {
    self.code = code
    self.message = message
  }

  /// - Parameter reason: why the process was asked to stop, if it was.
  init(_ error: any Error, stoppedBy reason: StopReason? = nil) {
    if let failure = error as? LaunchFailure {
      self = failure
      return
    }
    let error = SandboxError.wrap(error)
    message = error.description
    code =
      switch error.code {
      case .io: .io
      case .conflict: .temporary
      case .unauthorized: .isolation
      case .unavailable, .timeout, .rateLimited, .invalidResponse: .unavailable
      case .cancelled: reason.map { Outcome(stop: $0, isSynced: false).exitCode } ?? .terminated
      case .invalidArgument, .notFound, .rejected, .unsupported: .config
      default: .internalError
      }
  }
}
