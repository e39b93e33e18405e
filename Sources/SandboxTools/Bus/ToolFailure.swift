import SandboxCore

/// What an executor knows about an attempt that failed, beyond the error itself: the `cause` of what it throws.
package struct ToolFailure: Error, Sendable {
  /// What the tool had said until then, and what watchers are told.
  package let output: ToolOutput?
  /// Whether it is certain that the tool has changed nothing, so that even an unsafe one may be tried again, and that
  /// nobody charges for it.
  package let isBeforeEffect: Bool
  package let cause: (any Error)?

  package init(output: ToolOutput? = nil, isBeforeEffect: Bool = false, cause: (any Error)? = nil) {
    self.output = output
    self.isBeforeEffect = isBeforeEffect
    self.cause = cause
  }
}

extension SandboxError {
  var toolFailure: ToolFailure? { cause as? ToolFailure }

  /// Whether the attempt certainly failed before it could have an effect: the tool was not started, the server was not
  /// reached, or it turned the call away because there were too many.
  var isBeforeEffect: Bool {
    if code == .rateLimited { return true }
    if let toolFailure { return toolFailure.isBeforeEffect }
    if let failure = cause as? HTTPFailure { return !failure.reached }
    return false
  }
}
