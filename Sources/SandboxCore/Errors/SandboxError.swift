/// The one error that crosses module borders: what went wrong, in a sentence a user can act on, and whether trying
/// again can help. Callers branch on ``code`` and ``retry``, never on the text.
package struct SandboxError: Error, Sendable {
  package let code: Code
  /// One line: what is wrong, where, and what to do about it. Never contains a secret.
  package let message: String
  package let cause: (any Error)?
  package let retry: Retry

  package init(_ code: Code, _ message: String, cause: (any Error)? = nil, retry: Retry = .never) {
    self.code = code
    self.message = message
    self.cause = cause
    self.retry = retry
  }

  /// Whether the same operation may succeed when it is tried again.
  package enum Retry: Sendable, Hashable {
    case never
    /// Worth trying again after a growing delay.
    case backoff
    /// Worth trying again, but not before this delay: the other side asked for it.
    case after(Duration)

    package var isAllowed: Bool { self != .never }
  }
}

extension SandboxError: CustomStringConvertible {
  package var description: String {
    guard let cause else { return message }
    let detail = String(describing: cause)
    return message.contains(detail) ? message : "\(message) (\(detail))"
  }
}

extension SandboxError {
  /// Turns any error into a ``SandboxError``; cancellation keeps its meaning, anything unknown is an internal error.
  package static func wrap(_ error: any Error, as code: Code = .internalError, _ message: String? = nil) -> SandboxError
  {
    if let error = error as? SandboxError, message == nil { return error }
    if error is CancellationError { return SandboxError(.cancelled, message ?? "cancelled") }
    return SandboxError(code, message ?? String(describing: error), cause: error)
  }
}
