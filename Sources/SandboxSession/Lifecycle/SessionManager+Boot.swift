import SandboxAgents
import SandboxCore
import SandboxTools

/// What boot prepared for the work.
struct Work: Sendable {
  let orchestrator: Orchestrator
  let bus: ToolBus
}

extension SessionManager {
  var configuration: SessionConfiguration { environment.configuration }

  /// From `pending` to `running`: the session's record, its tools, its agents.
  ///
  /// - Parameter connections: set as soon as there are any, also when this throws later.
  /// - Throws: `.invalidArgument` when no manifest is usable or the model cannot be kept to the limits; `.unauthorized`
  ///   for a model without a key; `.cancelled` when the session was stopped meanwhile; `.io`.
  func boot(
    _ deadline: SessionDeadline, opening connections: inout MCPConnections?
  ) async throws(SandboxError) -> Work {
    // The session is on record, with whatever keeps it from starting, before anything can fail.
    let choice = model()
    let name = (try? choice.get().model.name) ?? configuration.model ?? "default"
    try await lifecycle.move(
      to: .initializing, reason: "boot", first: [.sessionCreated(sessionCreated(model: name))],
      with: [.announced(Announcement("initialized", ["sessionId": .string(configuration.sessionID.rawValue)]))])
    let resolved = try choice.get()
    if resolved.isFallback {
      environment.notice(
        .init(.info, "no provider has a key: the built-in rules (offline) stand in for a language model"))
    }
    try resolved.checkPriced(under: configuration.limits)
    try checkStop()
    try await lifecycle.move(to: .loadingTools, reason: "the configuration is valid")
    let calls = CallRateGate(callsPerMinute: configuration.limits.maxCallsPerMinute, time: environment.time)
    let bus = ToolBus(
      log: environment.log, limits: configuration.limits, deadline: deadline.work, callGate: calls,
      time: environment.time, stop: environment.stop, policy: configuration.policy,
      outputs: OutputKeeper(log: environment.log, blobs: environment.blobs, time: environment.time))
    let loaded = try await loadTools(on: bus, before: deadline.work, opening: &connections)
    try checkStop()
    let orchestrator = try await makeOrchestrator(resolved, bus: bus, calls: calls, deadline: deadline)
    try await lifecycle.move(
      to: .running, reason: "the tools are loaded",
      with: [
        .toolsLoaded(loaded),
        .announced(Announcement("tools_loaded", ["toolCount": .int(Int64(loaded.tools.count))])),
        .announced(Announcement("started", ["model": .string(resolved.model.name)])),
      ])
    return Work(orchestrator: orchestrator, bus: bus)
  }

  private func model() -> Result<ResolvedModel, SandboxError> {
    do {
      return .success(try environment.models.resolve(configuration.model))
    } catch {
      return .failure(error)
    }
  }

  private func makeOrchestrator(
    _ resolved: ResolvedModel, bus: ToolBus, calls: CallRateGate, deadline: SessionDeadline
  ) async throws(SandboxError) -> Orchestrator {
    let meter = Meter(
      log: environment.log, stop: environment.stop, limits: configuration.limits, deadline: deadline.work, calls: calls,
      governor: RateGovernor(time: environment.time), time: environment.time, temperature: configuration.temperature)
    var models: [String: MeteredModel] = [:]
    for name in configuration.subAgents.compactMap(\.model) where models[name] == nil {
      let other = try environment.models.resolve(name)
      try other.checkPriced(under: configuration.limits)
      models[name] = MeteredModel(other, meter: meter)
    }
    return try await Orchestrator(
      agents: configuration.subAgents.isEmpty ? nil : configuration.subAgents,
      model: MeteredModel(resolved, meter: meter), models: models, instructions: instructions,
      bus: bus, meter: meter)
  }

  /// The mode in a sentence, where one is set, and what the session's owner says.
  private var instructions: String {
    let mode: String? =
      switch configuration.mode {
      case .research: "This is a research session: find and check information, and name its sources."
      case .content: "This is a content session: the documents that it makes are its result."
      case .analysis: "This is an analysis session: the figures, and how they were computed, are its result."
      case .custom: nil
      }
    return [mode, configuration.instructions].compactMap { $0 }.joined(separator: "\n")
  }

  /// A signal during boot is honoured at the next step.
  private func checkStop() throws(SandboxError) {
    if environment.stop.reason != nil { throw SandboxError(.cancelled, "stopped during boot") }
  }

  private func sessionCreated(model: String) -> SessionCreated {
    let limits = configuration.limits
    return SessionCreated(
      sessionID: configuration.sessionID, workspaceID: configuration.workspaceID, sandboxID: configuration.sandboxID,
      userID: configuration.userID, mode: configuration.mode.rawValue, request: configuration.request, model: model,
      limits: limits, budget: BudgetLimit(cost: limits.costLimit, tokens: limits.tokenLimit),
      holdback: Self.holdback(of: limits), program: configuration.program, configurationDigest: "")
  }

  /// A twentieth of the budget is kept for the last answer.
  static func holdback(of limits: ExecutionLimits) -> Amount {
    Amount(
      cost: Money(microdollars: (limits.costLimit?.microdollars ?? 0) / 20), tokens: (limits.tokenLimit ?? 0) / 20)
  }
}
