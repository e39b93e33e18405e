import Glibc
package import SandboxAgents
package import SandboxCore
package import SandboxSession
package import SandboxTools
import Synchronization

/// A whole session in memory: the real manager, bus, agents and log, with doubles at the ports.
package final class SessionFixture: Sendable {
  package let stop = StopControl()
  package let hurry = StopControl()
  package let log: SessionLog
  package let endpoint: RecordingEndpoint
  package let manager: SessionManager
  private let reports = Mutex<(status: [JSONValue], result: JSONValue?, artifacts: [String])>(([], nil, []))
  private let notices = Mutex<[String]>([])

  /// - Parameters:
  ///   - manifests: inline manifests; each may name the builtin handlers `spy` and `stall`.
  ///   - tool: what `spy` does.
  ///   - beforeStatus: awaited before each status is in place.
  package init(
    journal: any Journal = InMemoryJournal(), endpoint: RecordingEndpoint = RecordingEndpoint(),
    model: any LanguageModel, manifests: [JSONValue] = [SessionFixture.manifest("spy")],
    tool: @escaping @Sendable (ToolInvocation) async throws(SandboxError) -> ToolOutput = { _ in ToolOutput(text: "ok")
    },
    beforeStatus: @escaping @Sendable (_ isFinal: Bool) async -> Void = { _ in },
    configure: (inout SessionConfiguration) -> Void = { _ in }
  ) {
    var configuration = SessionConfiguration(sessionID: SessionID("fixture"), request: "Do it.")
    configuration.inlineManifests = manifests
    configure(&configuration)
    self.endpoint = endpoint
    log = SessionLog(journal: journal, time: .system)
    let resolved = ResolvedModel(model: model, facts: .free)
    let executor = SpyExecutor(tool)
    let sink = Sink()
    let environment = SessionEnvironment(
      configuration: configuration, log: log, blobs: InMemoryBlobStore(), endpoint: endpoint, stop: stop, hurry: hurry,
      time: .system, models: ModelProvider { _ in resolved },
      tools: ToolLoader(builtins: ["spy"]) { _, _ in executor },
      reports: ReportWriter(
        status: { json, isFinal in
          await beforeStatus(isFinal)
          sink.fixture?.reports.withLock { $0.status.append(json) }
        },
        result: { json in sink.fixture?.reports.withLock { $0.result = json } },
        artifact: { name, _ in sink.fixture?.reports.withLock { $0.artifacts.append(name) } }),
      notice: { notice in sink.fixture?.notices.withLock { $0.append(notice.text) } })
    manager = SessionManager(
      environment: environment,
      document: StatusDocument(endpoint: endpoint.name, isolation: .null, processID: getpid()))
    sink.fixture = self
  }

  /// Where the closures find the fixture, which is made after them.
  private final class Sink: @unchecked Sendable {
    weak var fixture: SessionFixture?
  }

  package var statuses: [JSONValue] { reports.withLock { $0.status } }
  package var lastStatus: JSONValue? { reports.withLock { $0.status.last } }
  package var result: JSONValue? { reports.withLock { $0.result } }
  package var noticeTexts: [String] { notices.withLock { $0 } }

  package func run() async -> Outcome { await manager.run() }

  package static func manifest(_ id: String, category: String = "research") -> JSONValue {
    [
      "id": .string(id), "name": .string(id), "version": "1.0.0", "type": "builtin", "builtin": "spy", "effect": "pure",
      "schema": ["description": "A tool for tests", "parameters": ["type": "object", "properties": [:]]],
      "metadata": ["category": .string(category)],
    ]
  }
}

private struct SpyExecutor: ToolExecutor {
  let run: @Sendable (ToolInvocation) async throws(SandboxError) -> ToolOutput

  init(_ run: @escaping @Sendable (ToolInvocation) async throws(SandboxError) -> ToolOutput) { self.run = run }

  func execute(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput { try await run(invocation) }
}
