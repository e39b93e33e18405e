import Glibc
import SandboxCore
import SandboxIO
import SandboxSession
import SandboxStore
import SandboxTools

/// The tools of a configuration on a bus without a session: the journal is in memory, the workspace is the current
/// folder.
struct ToolWorkbench {
  let configuration: RunConfiguration
  let process: ProcessContext

  /// Loads the tools, MCP servers included, lends them to `body`, and ends the servers.
  ///
  /// - Throws: what `body` throws, and `LaunchFailure` with the signal's code when one came first.
  func run<Value: Sendable>(
    _ body: @escaping @Sendable (ToolBus, LoadedTools) async throws -> Value
  ) async throws -> Value {
    let folder = try CallFolder(in: "/tmp")
    let result: Result<Value, any Error>
    do { result = .success(try await run(in: folder.path, body)) } catch { result = .failure(error) }
    await folder.remove()
    return try result.get()
  }

  private func run<Value: Sendable>(
    in temporary: String, _ body: @escaping @Sendable (ToolBus, LoadedTools) async throws -> Value
  ) async throws -> Value {
    try await AsyncHTTPTransport.withTransport(configuration.transport) { transport in
      let isolation = await IsolationSetup.establish(configuration)
      let proxy = EgressProxy(policy: configuration.addresses, socket: isolation.proxySocket)
      let log = SessionLog(journal: InMemoryJournal(), time: .system, redactor: configuration.redactor)
      let blobs = RedactingBlobStore(FileBlobStore(directory: temporary), redactor: configuration.redactor)
      let bus = bus(log, blobs)
      let loader = ToolComposition(
        configuration: configuration, transport: transport,
        workspace: try Workspace.prepare(root: try Self.currentFolder(), inputs: configuration.inputs),
        temporary: temporary, log: log, blobs: blobs, isolation: isolation,
        proxy: proxy
      ).loader()
      let catalog = loader.catalog(
        paths: configuration.session.manifestPaths, inline: configuration.session.inlineManifests)
      return try await untilStopped {
        let loaded = await loader.load(catalog, on: bus) { try? await log.append(.announced($0)) }
        let result: Result<Value, any Error>
        do { result = .success(try await body(bus, loaded)) } catch { result = .failure(error) }
        await loaded.connections?.shutdown()
        await proxy.shutdown()
        try await Self.keep(log.read { $0.artifacts }, from: blobs)
        return try result.get()
      }
    }
  }

  /// Writes what the tools made to where they say that it is: `artifacts/` in the current folder.
  private static func keep(_ artifacts: [Artifact], from blobs: RedactingBlobStore) async throws(SandboxError) {
    guard !artifacts.isEmpty else { return }
    let folder = try currentFolder() + "/artifacts"
    mkdir(folder, 0o777)
    for artifact in artifacts {
      let bytes = try await blobs.get(artifact.content)
      try AtomicFile.write(bytes, to: "\(folder)/\(artifact.name)", mode: 0o644, durable: false)
    }
  }

  private func bus(_ log: SessionLog, _ blobs: RedactingBlobStore) -> ToolBus {
    let limits = configuration.session.limits
    return ToolBus(
      log: log, limits: limits, deadline: Deadline(after: limits.maxDuration, time: .system),
      callGate: CallRateGate(callsPerMinute: nil, time: .system), time: .system, stop: process.stop,
      policy: configuration.session.policy, outputs: OutputKeeper(log: log, blobs: blobs, time: .system))
  }

  private func untilStopped<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value
  {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await work() }
      group.addTask {
        _ = await process.stop.waitForStop()
        return nil
      }
      defer { group.cancelAll() }
      if let value = try await group.next() ?? nil { return value }
      let code = process.stop.reason.map { Outcome(stop: $0, isSynced: false).exitCode }
      throw LaunchFailure(code ?? .terminated, "stopped")
    }
  }

  private static func currentFolder() throws(SandboxError) -> String {
    guard let path = getcwd(nil, 0) else {
      throw SandboxError(.io, "the current folder cannot be used: \(String(cString: strerror(errno)))")
    }
    defer { free(path) }
    return String(cString: path)
  }
}
