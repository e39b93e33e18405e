import SandboxCore

/// Something wrong with the configuration, in the words a user needs to mend it.
struct ConfigurationProblem: Sendable, Hashable, CustomStringConvertible {
  /// The variable, option or JSON pointer.
  let place: String
  /// What is wrong and what would be right; a secret's value is never in it.
  let message: String

  var description: String { "\(place): \(message)" }
}

/// All problems of a configuration, reported together before anything else happens (exit 78).
struct InvalidConfiguration: Error {
  let problems: [ConfigurationProblem]
  /// What could be read all the same, for looking further; never for running.
  var partial: RunConfiguration?
  /// Why the process was asked to stop before all of it was there; then that counts.
  var stop: StopReason?
}
