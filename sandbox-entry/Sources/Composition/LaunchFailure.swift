import SandboxCore

/// Why a session did not even begin, with the exit code that says so.
struct LaunchFailure: Error {
  let code: ExitCode
  let message: String

  init(_ code: ExitCode, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ error: any Error) {
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
      case .cancelled: .terminated
      case .invalidArgument, .notFound, .rejected, .unsupported: .config
      default: .internalError
      }
  }
}
