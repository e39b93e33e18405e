import Glibc
import SandboxCore
import SandboxTestKit
import Testing

/// Every signal at every moment. What more there is to say of a moment is in `SignalTests`, and what those test is left
/// out here.
@Suite("Signals: the table")
struct SignalTableTests {
  struct Cell: Sendable, CustomTestStringConvertible {
    let stop: Stop
    let moment: SessionMoment
    var testDescription: String { "\(stop.name) \(moment.rawValue)" }
  }

  /// What is in `SignalTests`, with more said of it.
  private static func isElsewhere(_ stop: Stop, _ moment: SessionMoment) -> Bool {
    switch moment {
    case .reading: stop.name == "TERM"
    case .model: ["TERM", "INT", "HUP"].contains(stop.name)
    case .tool: ["TERM", "TERM twice", "TERM three times", "TERM a hundred times", "QUIT"].contains(stop.name)
    case .sync: ["TERM", "INT", "HUP", "TERM twice"].contains(stop.name)
    case .ended: stop.name.hasPrefix("TERM") && !stop.name.contains("INT")
    case .starting, .delegated: false
    }
  }

  static let cells = SessionMoment.allCases.flatMap { moment in
    Stop.all.compactMap { isElsewhere($0, moment) ? nil : Cell(stop: $0, moment: moment) }
  }

  @Test("Signals that end it, sent to the guard", arguments: cells)
  func stops(cell: Cell) async throws {
    try await MomentTrial.with(cell.moment) { trial in
      let (ended, elapsed) = try await trial.run { try await cell.stop.send(to: $0) { $0.send($1) } }
      try await trial.expectStopped(ended, by: cell.stop, in: elapsed)
    }
  }

  enum Target: String, CaseIterable, Sendable {
    /// As `timeout` and a terminal do.
    case group
    /// The runtime gives it to the guard, which gives it back.
    case runtime
    /// As systemd does for a whole control group.
    case both
  }

  static let targets = SessionMoment.allCases.flatMap { moment in Target.allCases.map { (moment, $0) } }

  @Test("One signal counts once, whoever gets it", arguments: targets)
  func countsOnce(moment: SessionMoment, target: Target) async throws {
    try await MomentTrial.with(moment) { trial in
      let (ended, elapsed) = try await trial.run { process in
        let runtime = try #require(process.runtime)
        switch target {
        case .group: process.sendToGroup(SIGTERM)
        case .runtime: kill(runtime, SIGTERM)
        case .both:
          process.send(SIGTERM)
          kill(runtime, SIGTERM)
        }
        if moment == .ended { try trial.release() }
      }
      try await trial.expectStopped(ended, by: .term, in: elapsed)
      #expect(!ended.standardError.contains("received again"), "\(ended.standardError)")
    }
  }

  @Test(
    "Signals that do not end it: USR1, USR2, PIPE, XFSZ, WINCH, an ignored HUP, STOP and CONT",
    arguments: SessionMoment.allCases)
  func goesOn(moment: SessionMoment) async throws {
    try await MomentTrial.with(moment, goesOn: true) { trial in
      let (ended, _) = try await trial.run(after: "trap '' HUP; ") { process in
        for number in [SIGPIPE, SIGXFSZ, SIGWINCH, SIGHUP, SIGUSR1, SIGUSR2] { process.send(number) }
        try await until { process.standardError.contains("SIGUSR2: pausing is not available") }
        if moment.hasSession { #expect(process.standardError.contains("\"exitCode\""), "USR1 says how things stand") }
        process.sendToGroup(SIGSTOP)
        try await Task.sleep(for: .seconds(2))
        process.sendToGroup(SIGCONT)
        try trial.release()
      }
      #expect(ended.code == 0, "\(ended.standardError)")
      #expect(trial.session.status["outcome"]?.stringValue == "completed")
      #expect(trial.leftovers == [])
      if moment != .ended { try await trial.session.expectConsistent(ended) }
    }
  }
}
