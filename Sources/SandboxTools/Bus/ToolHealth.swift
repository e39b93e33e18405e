import SandboxCore

/// What the end of a call says about the tool's other side: its server, its program.
enum ToolHealth: Sendable, Hashable {
  case well
  /// With what went wrong.
  case unwell(String)
  /// The call says nothing about it: it was cancelled, or its arguments were wrong.
  case unknown

  /// The errors that say that the other side is unwell.
  static let unwellCodes: Set<SandboxError.Code> = [.unavailable, .timeout, .invalidResponse, .rateLimited]

  init(_ status: ExecutionStatus, _ error: ErrorRecord?) {
    switch (status, error) {
    case (.completed, _): self = .well
    case (.failed, .some(let error)) where Self.unwellCodes.contains(error.code): self = .unwell(error.message)
    // It ran, and said what it did not like.
    case (.failed, .some(let error)) where error.code == .toolFailed: self = .well
    default: self = .unknown
    }
  }
}
