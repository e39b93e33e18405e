import SandboxCore
import Synchronization

/// Turns what a running call reports into announcements: at most one a second, the newest; the rest is only counted.
final class ProgressReporter: Sendable {
  static let interval = Duration.seconds(1)

  private let call: ToolCall
  private let tool: ToolID
  private let reports: AsyncStream<ToolProgress>
  private let continuation: AsyncStream<ToolProgress>.Continuation
  private let dropped = Atomic(0)

  init(_ call: ToolCall, _ tool: ToolID) {
    self.call = call
    self.tool = tool
    (reports, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func report(_ progress: ToolProgress) {
    if case .dropped = continuation.yield(progress) { dropped.wrappingAdd(1, ordering: .relaxed) }
  }

  /// Announces until it is cancelled.
  func announce(to log: SessionLog, _ time: TimeSource) async {
    for await progress in reports {
      do {
        try await log.append(.announced(announcement(progress)), actor: call.agentID)
        try await time.sleep(Self.interval)
      } catch {
        // Cancelled with the call; or the journal is dead, which the call itself will find out.
        return
      }
    }
  }

  private func announcement(_ progress: ToolProgress) -> Announcement {
    var data: JSONObject = [
      "callId": .string(call.id.rawValue), "toolId": .string(tool.rawValue),
      "message": .string(progress.message.excerpt()),
    ]
    if let value = progress.progress, value.isFinite { data["progress"] = .double(value) }
    if let total = progress.total, total.isFinite { data["total"] = .double(total) }
    let dropped = dropped.exchange(0, ordering: .relaxed)
    if dropped > 0 { data["dropped"] = .int(Int64(dropped)) }
    return Announcement("tool_progress", .object(data))
  }
}
