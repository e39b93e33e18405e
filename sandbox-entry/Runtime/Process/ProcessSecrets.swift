import SandboxCore
import Synchronization

/// What hides secrets in everything that the process says outside of a session: log lines, errors, answers of commands.
enum ProcessSecrets {
  private static let current = Mutex(Redactor.shapesOnly)

  /// To be called as soon as it is known which secrets there are.
  static func guardAll(with redactor: Redactor) { current.withLock { $0 = redactor } }

  static func redact(_ text: String) -> String { redactor.redact(text) }

  static func redact(_ value: JSONValue) -> JSONValue { redactor.redact(value) }

  private static var redactor: Redactor { current.withLock { $0 } }
}
