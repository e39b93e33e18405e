internal import SandboxCore

/// A phase in a deployment's own words.
struct ConvexStatus: Sendable, Hashable {
  let status: String
  let metadata: JSONObject

  /// The arguments to try in turn while the deployment declines them: with metadata, without (the phase matters more),
  /// and for a pause, which not every deployment knows, as still running.
  static func attempts(_ update: StatusUpdate, _ fields: ConvexFunctions.Fields) -> [JSONObject] {
    let wire = fields == .seed ? seed(update) : origin(update)
    var statuses = [wire]
    if !wire.metadata.isEmpty { statuses.append(ConvexStatus(status: wire.status, metadata: [:])) }
    if wire.status == "paused" { statuses.append(ConvexStatus(status: "running", metadata: [:])) }
    return statuses.map { $0.arguments(update.sessionID) }
  }

  private func arguments(_ session: SessionID) -> JSONObject {
    var arguments: JSONObject = ["sessionId": .string(session.rawValue), "status": .string(status)]
    if !metadata.isEmpty { arguments["metadata"] = .object(metadata) }
    return arguments
  }

  /// The documents' words (requirements, 3.2): ends that they do not know are `failed` with a reason.
  private static func seed(_ update: StatusUpdate) -> ConvexStatus {
    switch update.phase {
    case .pending, .initializing: ConvexStatus(status: "initializing", metadata: [:])
    case .running: ConvexStatus(status: "running", metadata: ["startedAt": .int(update.time)])
    case .idle: ConvexStatus(status: "running", metadata: [:])
    case .loadingTools, .paused, .completing, .completed: ConvexStatus(status: update.phase.rawValue, metadata: [:])
    case .failed: ConvexStatus(status: "failed", metadata: ["errorDetails": .string(update.reason)])
    case .cancelled:
      ConvexStatus(status: "failed", metadata: ["cancelledBy": .string(update.cancelledBy ?? "user")])
    case .timedOut: ConvexStatus(status: "failed", metadata: ["reason": .string(timeoutReason(update))])
    case .expired: ConvexStatus(status: "failed", metadata: ["reason": "expired"])
    case .terminated: ConvexStatus(status: "failed", metadata: ["terminationReason": .string(update.reason)])
    }
  }

  /// Six phases, and `errorDetails` as the only fact about a failure.
  private static func origin(_ update: StatusUpdate) -> ConvexStatus {
    func failed(_ why: String) -> ConvexStatus {
      ConvexStatus(status: "failed", metadata: ["errorDetails": .string(why)])
    }
    return switch update.phase {
    case .pending, .initializing: ConvexStatus(status: "initializing", metadata: [:])
    case .running, .idle, .paused: ConvexStatus(status: "running", metadata: [:])
    case .loadingTools, .completing, .completed: ConvexStatus(status: update.phase.rawValue, metadata: [:])
    case .failed: failed(update.reason)
    case .cancelled: failed("cancelled by \(update.cancelledBy ?? "user")")
    case .timedOut: failed(timeoutReason(update))
    case .expired: failed("expired")
    case .terminated: failed("terminated: \(update.reason)")
    }
  }

  /// The documents' text when time ran out; the reason itself when it was money, tokens or steps.
  private static func timeoutReason(_ update: StatusUpdate) -> String {
    update.outcome == nil || update.outcome == SessionPhase.timedOut.rawValue ? "Execution timeout" : update.reason
  }
}
