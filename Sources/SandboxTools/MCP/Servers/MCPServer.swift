import SandboxCore

/// One server of a session: its connection, which is made again when it is lost, and its tools.
actor MCPServer {
  /// What the manifest says of all its tools.
  nonisolated let definition: ToolDefinition
  nonisolated let spec: MCPServerSpec
  nonisolated let time: TimeSource
  nonisolated let announce: @Sendable (Announcement) async -> Void
  private let transports: MCPTransports

  private(set) var catalog: MCPCatalog?
  private var session: MCPSession?
  private var connecting: SharedWork<MCPSession>?
  /// What the server turned out to speak.
  private var era: MCPServerSpec.Era
  private var instances = 0
  private var restarts = 0
  private var lastFailure = ""
  private var isShutDown = false
  /// Sessions that are being closed.
  private nonisolated let closing = BackgroundWork()

  /// Raised when the server says that its tools have changed, until they are listed again.
  nonisolated let staleList = RaisedFlag()
  var relisting: SharedWork<Void>?
  var relists = 0
  var lastRelist: Duration?
  /// Lists that wait for their time.
  nonisolated let relistingLater = BackgroundWork()

  private static let restartDelays: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2)]

  init(
    _ definition: ToolDefinition, _ spec: MCPServerSpec, _ transports: MCPTransports, time: TimeSource,
    announce: @escaping @Sendable (Announcement) async -> Void
  ) {
    self.definition = definition
    self.spec = spec
    self.transports = transports
    self.time = time
    self.announce = announce
    era = spec.era
  }

  nonisolated var id: ToolID { definition.id }

  // MARK: - Calls

  /// - Throws: as ``MCPSession/call(_:_:timeout:progress:)``; `.rejected` for a tool in quarantine; `.unavailable` when the
  ///   server is lost, or cannot be started again.
  func call(_ remoteName: String, _ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let session: MCPSession
    let tool: MCPRemoteTool
    do throws(SandboxError) {
      session = try await usableSession()
      try await refreshIfStale(session)
      tool = try admitted(remoteName)
    } catch {
      throw SandboxError(
        error.code, error.message, cause: ToolFailure(isBeforeEffect: true, cause: error.cause), retry: error.retry)
    }
    do throws(SandboxError) {
      let output = try await session.call(
        tool, invocation.arguments, timeout: invocation.timeout, progress: invocation.progress)
      // A web server that forgets sessions does so for ever, and that is no crash.
      if case .url = spec.endpoint { restarts = 0 }
      return output.recorded(isolation: session.transport.isolation)
    } catch {
      if !session.transport.isUsable { lastFailure = error.message }
      throw error
    }
  }

  private func admitted(_ remoteName: String) throws(SandboxError) -> MCPRemoteTool {
    guard let tool = catalog?.tools[remoteName] else {
      throw SandboxError(.notFound, "the MCP server \(id) has no tool \(remoteName.excerpt(128))")
    }
    return try tool.admitted()
  }

  // MARK: - Connection

  /// The session that works now.
  var currentSession: MCPSession? { session.flatMap { $0.transport.isUsable ? $0 : nil } }

  /// The session, after making one where there is none that works.
  func usableSession() async throws(SandboxError) -> MCPSession {
    if let currentSession { return currentSession }
    if let connecting { return try await connecting.value() }
    return try await connect().value()
  }

  private func connect() throws(SandboxError) -> SharedWork<MCPSession> {
    guard !isShutDown else { throw SandboxError(.unavailable, "the MCP server \(id) was shut down with the session") }
    let delay = try nextDelay()
    if let session { retire(session) }
    session = nil
    let work = SharedWork { [self] () throws(SandboxError) in try await open(after: delay) }
    connecting = work
    return work
  }

  /// Before the server is started: none the first time, and longer with every restart.
  private func nextDelay() throws(SandboxError) -> Duration {
    guard catalog != nil else { return .zero }
    guard restarts < Self.restartDelays.count else {
      throw SandboxError(
        .unavailable, "the MCP server \(id) was started again \(restarts) times and stays down now: \(lastFailure)")
    }
    defer { restarts += 1 }
    return Self.restartDelays[restarts]
  }

  private func open(after delay: Duration) async throws(SandboxError) -> MCPSession {
    defer { connecting = nil }
    do throws(SandboxError) {
      do { try await time.sleep(delay) } catch { throw SandboxError(.cancelled, "cancelled before it was started") }
      let deadline = Deadline(after: spec.startupTimeout, time: time)
      let (opened, list) = try await handshake(era, until: deadline)
      era = opened.agreement?.version.isModern ?? false ? .modern : .legacy
      session = opened
      await take(list)
      return opened
    } catch {
      lastFailure = error.message
      throw error
    }
  }

  private func handshake(
    _ era: MCPServerSpec.Era, until deadline: Deadline
  ) async throws(SandboxError) -> (MCPSession, MCPToolList) {
    instances += 1
    staleList.lower()
    let transport = try await transports.transport(for: spec, server: id, instance: instances)
    let opened = MCPSession(transport, name: id.rawValue, time: time) { [weak self] in self?.noteChangedList() }
    do throws(SandboxError) {
      let list = try await time.withLimit(deadline.remaining, "starting the MCP server \(id)") {
        () throws(SandboxError) in
        try await opened.start(era)
        return try await opened.listTools()
      }
      return (opened, list)
    } catch {
      let failure =
        error.code == .timeout
        ? SandboxError(
          .timeout,
          "the MCP server \(id) was not ready within \(spec.startupTimeout); startupTimeoutMs can give it more",
          cause: error, retry: .backoff)
        : error
      let hasDied = error.code == .unavailable && opened.agreement == nil && !transport.isUsable
      retire(opened)
      // Some old servers end when the first message is not `initialize`.
      guard hasDied, era == .auto, !Task.isCancelled else { throw failure }
      return try await handshake(.legacy, until: deadline)
    }
  }

  private func retire(_ session: MCPSession) { closing.start { await session.close() } }

  /// Ends the server and everything that goes on with it.
  func shutdown() async {
    isShutDown = true
    await relistingLater.end()
    await connecting?.stop()
    await relisting?.stop()
    if let session { retire(session) }
    await closing.wait()
  }

  // MARK: - Tools

  /// Takes a new list of tools in and says what it changes.
  func take(_ list: MCPToolList) async {
    guard catalog != nil else {
      catalog = MCPCatalog(list, definition, spec)
      return
    }
    guard let changes = catalog?.update(list), !changes.isEmpty else { return }
    await announce(changes.announcement(server: id, areAccepted: spec.onChange == .accept))
  }
}
