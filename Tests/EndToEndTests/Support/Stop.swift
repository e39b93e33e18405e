import Glibc
import SandboxTestKit

/// One way to ask for the end by signals, and what must come of it.
struct Stop: Sendable {
  let name: String
  let first: Int32
  /// Sent once the first one has been taken.
  var then: [Int32] = []
  /// The end within this time, a busy machine included.
  var limit = MomentTrial.grace + .seconds(2)
  /// How it ends leaves time to write everything down.
  var isOrderly = true

  static let term = Stop(name: "TERM", first: SIGTERM)

  static let all = [
    term, Stop(name: "INT", first: SIGINT), Stop(name: "HUP", first: SIGHUP),
    Stop(name: "QUIT", first: SIGQUIT, limit: .seconds(2), isOrderly: false),
    Stop(name: "TERM twice", first: SIGTERM, then: [SIGTERM], limit: .seconds(3)),
    Stop(name: "TERM three times", first: SIGTERM, then: [SIGTERM, SIGTERM], limit: .seconds(2), isOrderly: false),
    Stop(
      name: "TERM a hundred times", first: SIGTERM, then: Array(repeating: SIGTERM, count: 99), limit: .seconds(2),
      isOrderly: false),
    Stop(name: "TERM, then INT", first: SIGTERM, then: [SIGINT], limit: .seconds(3)),
  ]

  var code: Int32 { first == SIGQUIT ? 143 : 128 + first }

  /// The kind of the reason in `status.json`.
  var kind: String {
    switch first {
    case SIGINT: "interrupt"
    case SIGHUP: "hangup"
    default: "terminate"
    }
  }

  func send(to process: LaunchedSession, _ send: (LaunchedSession, Int32) -> Void) async throws {
    send(process, first)
    guard !then.isEmpty else { return }
    try await process.untilStopping()
    for number in then {
      send(process, number)
      // Faster than that, two are taken for one.
      usleep(2_000)
    }
  }
}
