/// Why a program was stopped before it ended by itself: its caller was cancelled. The cause of the error that says so.
package struct ProcessInterrupted: Error, Sendable, CustomStringConvertible {
  /// What the program had written until then.
  package let result: ProcessResult

  package var description: String { "its caller was cancelled" }
}
