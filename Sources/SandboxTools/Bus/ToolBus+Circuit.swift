import SandboxCore

extension ToolBus {
  /// Refuses a call of a tool that is switched off; lets one through to find out whether it works again.
  nonisolated func passCircuit(_ admitted: AdmittedCall) async throws(SandboxError) {
    if admitted.traits.contains(.unmetered) { return }
    let group = admitted.tool.group
    switch group.admit(admitted.call.id, at: time.monotonic()) {
    case .pass: return
    case .probe: try await log.append(.announced(announcement(.halfOpen, admitted)), actor: admitted.call.agentID)
    case .refuse(let next):
      let circuit = group.circuit
      let when = next.map { "next try in \($0.wholeSeconds) s" } ?? "a call is under way to find out if it works again"
      throw SandboxError(
        .unavailable,
        "\(admitted.definition.id) is switched off after \(circuit.failures) failures in a row "
          + "(last: \(circuit.lastFailure.excerpt().trimmingSpaces)); \(when)",
        retry: next.map { .after($0) } ?? .backoff)
    }
  }

  /// Takes in how a call ended, and says what watchers are told about it.
  nonisolated func noteHealth(
    _ admitted: AdmittedCall, _ status: ExecutionStatus, _ error: ErrorRecord?
  ) -> [SessionEvent] {
    if admitted.traits.contains(.unmetered) { return [] }
    let change = admitted.tool.group.note(
      ToolHealth(status, error), of: admitted.call.id, admitted.breaker, at: time.monotonic())
    return change.map { [.announced(announcement($0, admitted))] } ?? []
  }

  nonisolated private func announcement(_ change: Circuit.Change, _ admitted: AdmittedCall) -> Announcement {
    var data: JSONObject = [
      "toolId": .string(admitted.definition.id.rawValue), "group": .string(admitted.definition.group),
      "callId": .string(admitted.call.id.rawValue),
    ]
    if change == .open {
      let circuit = admitted.tool.group.circuit
      data["failures"] = .int(Int64(circuit.failures))
      data["error"] = .string(circuit.lastFailure.excerpt())
      data["retryAfterMilliseconds"] = .int(circuit.coolDown.milliseconds)
    }
    return Announcement(change.rawValue, .object(data))
  }
}

extension Duration {
  /// Rounded up.
  var wholeSeconds: Int64 { milliseconds.addingSaturating(999) / 1000 }
}
