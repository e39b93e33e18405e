import SandboxCore
import Synchronization

/// How many calls of one other side may be under way: additive increase, multiplicative decrease (Chiu and Jain, 1989).
///
/// The width halves when the other side says that there were too many calls, and grows by one, up to where it began,
/// after as many successes as it is wide. A time that the other side asked for pauses all of its calls.
final class AdaptiveGate: Sendable {
  /// The longest pause that the other side may ask for.
  static let maximumPause = Duration.seconds(60)
  /// Refusals that come within this time are answers to the same crowd.
  static let roundTrip = Duration.seconds(1)

  private struct State {
    var width: Int
    var successes = 0
    var narrowedAt: Duration?
    var pausedUntil: Duration?
  }

  /// First come, first served.
  let places: PermitGate
  private let maximum: Int
  private let state: Mutex<State>

  init(width: Int) {
    maximum = max(1, width)
    places = PermitGate(permits: maximum)
    state = Mutex(State(width: maximum))
  }

  var width: Int { state.withLock { $0.width } }

  func succeeded() {
    state.withLock { state in
      guard state.width < maximum else { return }
      state.successes += 1
      guard state.successes >= state.width else { return }
      state.successes = 0
      state.width += 1
      places.resize(to: state.width)
    }
  }

  /// - Parameter pause: how long the other side asked to be left alone; what makes no sense is ignored.
  func limited(pause: Duration?, at now: Duration) {
    state.withLock { state in
      if let pause, pause > .zero {
        let until = now + min(pause, Self.maximumPause)
        state.pausedUntil = max(state.pausedUntil ?? until, until)
      }
      if let last = state.narrowedAt, now - last < Self.roundTrip { return }
      state.narrowedAt = now
      state.successes = 0
      state.width = max(1, state.width / 2)
      places.resize(to: state.width)
    }
  }

  /// What is left of the pause; nil when there is none.
  func pause(at now: Duration) -> Duration? {
    state.withLock { state in
      guard let until = state.pausedUntil, until > now else { return nil }
      return until - now
    }
  }
}
