import SandboxCore

/// Which revision both sides speak (MCP 2026-07-28 `server/discover`; up to 2025-11-25 `initialize`).
extension MCPSession {
  /// How long only `server/discover` is tried, before `initialize` follows while its answer is still welcome: a slow
  /// server answers the first, an old one may never.
  static var probeTime: Duration { .seconds(3) }

  func agree(_ era: MCPServerSpec.Era) async throws(SandboxError) -> MCPAgreement {
    switch era {
    case .modern: try await discover()
    case .legacy: try await initialize()
    case .auto: try await probe()
    }
  }

  // MARK: - Modern

  private func discover() async throws(SandboxError) -> MCPAgreement {
    let result = try await request("server/discover", [:], version: .modern)
    let versions = (result["supportedVersions"]?.arrayValue ?? []).compactMap(\.stringValue)
    guard versions.contains(MCPVersion.modern.rawValue) else { throw noCommonVersion(versions) }
    return MCPAgreement(
      version: .modern, capabilities: result["capabilities"],
      serverInfo: result["_meta"]?["io.modelcontextprotocol/serverInfo"])
  }

  private func noCommonVersion(_ versions: [String]) -> SandboxError {
    let list = versions.prefix(10).map { $0.excerpt(30) }.joined(separator: ", ")
    return SandboxError(
      .unsupported, "the MCP server \(name) speaks no revision that is known here, but: \(list.isEmpty ? "?" : list)")
  }

  // MARK: - Legacy

  private func initialize() async throws(SandboxError) -> MCPAgreement {
    let result = try await request(
      "initialize",
      [
        "protocolVersion": .string(MCPVersion.legacy.rawValue), "capabilities": .object([:]),
        "clientInfo": client.json,
      ],
      version: nil)
    guard let text = result["protocolVersion"]?.stringValue else {
      throw SandboxError(.invalidResponse, "the MCP server \(name) answered initialize without a protocolVersion")
    }
    guard let version = MCPVersion(rawValue: text), !version.isModern else { throw noCommonVersion([text]) }
    return MCPAgreement(version: version, capabilities: result["capabilities"], serverInfo: result["serverInfo"])
  }

  // MARK: - Either

  private enum Step: Sendable {
    case discovered(Result<MCPAgreement, SandboxError>)
    case initialized(Result<MCPAgreement, SandboxError>)
    case probeTimeIsUp
  }

  private func probe() async throws(SandboxError) -> MCPAgreement {
    let result = await withTaskGroup(of: Step.self) { group in
      group.addTask { .discovered(await self.outcome { () throws(SandboxError) in try await self.discover() }) }
      group.addTask { [time] in
        try? await time.sleep(Self.probeTime)
        return .probeTimeIsUp
      }
      defer { group.cancelAll() }
      var failure: SandboxError?
      var (isDiscovering, isInitializing) = (true, false)
      for await step in group {
        switch step {
        case .discovered(.success(let agreement)), .initialized(.success(let agreement)):
          return Result<MCPAgreement, SandboxError>.success(agreement)
        case .discovered(.failure(let error)):
          guard canInitialize(after: error) else { return .failure(error) }
          isDiscovering = false
          if let failure { return .failure(failure) }
        case .initialized(.failure(let error)):
          guard isDiscovering else { return .failure(error) }
          failure = error
        case .probeTimeIsUp: break
        }
        guard !isInitializing else { continue }
        isInitializing = true
        group.addTask { .initialized(await self.outcome { () throws(SandboxError) in try await self.initialize() }) }
      }
      return .failure(SandboxError(.internalError, "the handshake with the MCP server \(name) has no end"))
    }
    return try result.get()
  }

  private func outcome(
    _ work: () async throws(SandboxError) -> MCPAgreement
  ) async -> Result<MCPAgreement, SandboxError> {
    do throws(SandboxError) { return .success(try await work()) } catch { return .failure(error) }
  }

  /// Whether an answer to `server/discover` may come from a server of the older kind.
  private func canInitialize(after error: SandboxError) -> Bool {
    guard transport.isUsable else { return false }
    if let remote = error.remoteError {
      guard remote.isModern else { return true }
      let supported = (remote.data?["supported"]?.arrayValue ?? []).compactMap(\.stringValue)
      return supported.contains { version in MCPVersion(rawValue: version).map { !$0.isModern } ?? false }
    }
    return [.rejected, .notFound, .invalidResponse, .unsupported, .timeout].contains(error.code)
  }
}
