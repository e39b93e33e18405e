/// The cause of an error that says that a program was not started because it could not be confined.
package struct ConfinementFailure: Error, Sendable, CustomStringConvertible {
  /// What the kernel refused; nil when it was none of these.
  package let mechanism: IsolationMechanism?
  let cause: SystemError

  package var description: String { cause.description }
}
