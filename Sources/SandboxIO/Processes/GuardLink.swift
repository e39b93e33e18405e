internal import CSandbox

/// What the guard tells the runtime that it starts, by a variable.
package struct GuardLink: Sendable, Hashable {
  package static let variable = CSB_GUARD_VARIABLE

  let descriptor: Int32
  /// How often the runtime was started before, for this one session.
  package let startsBefore: Int
  /// The signal that ended it the last time; nil for the first start.
  package let endedBySignal: Int32?
  /// The signal by which the supervisor has asked to stop, before this start.
  package let stopSignal: Int32?

  /// Nil for what no guard has written.
  package init?(_ text: String) {
    let numbers = text.split(separator: " ").map { Int32($0) }
    guard numbers.count == 4, let descriptor = numbers[0], let starts = numbers[1], let ended = numbers[2],
      let stop = numbers[3], descriptor > 2
    else { return nil }
    self.descriptor = descriptor
    startsBefore = Int(starts)
    endedBySignal = ended == 0 ? nil : ended
    stopSignal = stop == 0 ? nil : stop
  }
}
