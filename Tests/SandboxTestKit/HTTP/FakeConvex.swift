package import SandboxCore
import Synchronization

/// A Convex deployment for tests, over real HTTP: strict about paths and fields as the real one is, with the functions of
/// the documents (``Backend/seed``) or of their deployed backend (``Backend/origin``), and with faults on demand.
///
/// It keeps what it was sent, so that a test can say what the cloud knows in the end.
package final class FakeConvex: Sendable {
  package enum Backend: Sendable { case seed, origin }

  package struct Call: Sendable, Equatable {
    package let kind: String
    package let path: String
    package let arguments: JSONValue
    package let authorization: String?
    /// The fault that it met, and whether it had an effect all the same.
    package let fault: ConvexFault?
    package let hadEffect: Bool
  }

  fileprivate struct State {
    var configurations: [String: JSONValue] = [:]
    var calls: [Call] = []
    var statuses: [String: [String]] = [:]
    var metadata: [String: JSONObject] = [:]
    var artifacts: [String: [JSONValue]] = [:]
    var finalMetadata: [String: JSONValue] = [:]
    var faults: [(path: String?, fault: ConvexFault)] = []
    var defaultFault: ConvexFault?
    var authorization: String?
  }

  private let backend: Backend
  private let state = Mutex(State())

  package init(_ backend: Backend = .seed) { self.backend = backend }

  /// Serves on a free port while `body` runs; the string is what `CONVEX_URL` would be.
  package func run<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    try await LoopbackServer.run({ self.reply(to: $0) }) { server in try await body(server.url) }
  }

  // MARK: What it does

  /// Makes the next call, or the next one of this function, go wrong; several are used up in order.
  package func fail(_ fault: ConvexFault, path: String? = nil, times: Int = 1) {
    state.withLock { $0.faults += Array(repeating: (path, fault), count: times) }
  }

  /// Makes every call go wrong until it is set to nil.
  package func failAll(_ fault: ConvexFault?) { state.withLock { $0.defaultFault = fault } }

  /// Forgets all faults that were still to come.
  package func heal() {
    state.withLock {
      $0.faults = []
      $0.defaultFault = nil
    }
  }

  /// Refuses calls that do not come with exactly this header.
  package func require(authorization: String) { state.withLock { $0.authorization = authorization } }

  /// What `sessions:getConfig` (seed) or the `session` of `sessions:getSessionState` (origin) is.
  package func set(configuration: JSONValue, of session: String) {
    state.withLock { $0.configurations[session] = configuration }
  }

  // MARK: What it knows

  package var calls: [Call] { state.withLock { $0.calls } }
  package func statuses(of session: String) -> [String] { state.withLock { $0.statuses[session] ?? [] } }
  /// All metadata that status updates brought, merged.
  package func metadata(of session: String) -> JSONObject { state.withLock { $0.metadata[session] ?? [:] } }
  package func artifacts(of session: String) -> [JSONValue] { state.withLock { $0.artifacts[session] ?? [] } }
  package func finalMetadata(of session: String) -> JSONValue? { state.withLock { $0.finalMetadata[session] } }

  // MARK: Serving

  private func reply(to request: LoopbackRequest) -> LoopbackReply {
    let kind = request.path.split(separator: "/").last.map { String($0) } ?? ""
    guard request.method == "POST", ["query", "mutation", "action"].contains(kind), request.path == "/api/\(kind)"
    else {
      return Self.systemError(404, "NotFound")
    }
    guard request.header("Content-Type")?.hasPrefix("application/json") == true,
      let body = try? JSONValue(parsing: request.body), let path = body["path"]?.stringValue,
      let arguments = body["args"], arguments.objectValue != nil
    else { return Self.systemError(400, "BadJsonBody") }
    let format = body["format"]?.stringValue ?? ""
    guard Self.formats.contains(format), Self.isClient(request.header("Convex-Client")) else {
      return Self.systemError(400, "BadFormat")
    }
    let module = path.prefix { $0 != ":" }
    guard path.contains(":"), !module.contains(".") else { return Self.systemError(400, "BadConvexFunctionIdentifier") }
    return state.withLock { $0.answer(kind, path, arguments, request.header("Authorization"), backend) }
  }

  private static let formats: Set<String> = ["json", "convex_clean_json", "convex_encoded_json", "convex_json"]

  /// `name-1.2.3`.
  private static func isClient(_ text: String?) -> Bool {
    guard let version = text?.split(separator: "-").last else { return false }
    let numbers = version.split(separator: ".", omittingEmptySubsequences: false)
    return text?.contains("-") == true && numbers.count == 3 && numbers.allSatisfy { Int($0) != nil }
  }

  fileprivate static func systemError(_ status: Int, _ code: String) -> LoopbackReply {
    .json(["code": .string(code), "message": "scripted"], status: status)
  }
}

extension FakeConvex.State {
  fileprivate mutating func answer(
    _ kind: String, _ path: String, _ arguments: JSONValue, _ authorization: String?, _ backend: FakeConvex.Backend
  ) -> LoopbackReply {
    let fault = takeFault(path)
    let before = self
    var reply: LoopbackReply
    if let required = self.authorization, required != authorization {
      reply = FakeConvex.systemError(401, "Unauthenticated")
    } else {
      reply = perform(kind, path, arguments, backend)
    }
    var hadEffect = true
    switch fault {
    case nil: break
    case .status(let status, let code, let retryAfter):
      self = before
      hadEffect = false
      reply = FakeConvex.systemError(status, code)
      if let retryAfter { reply.headers.append(("Retry-After", retryAfter)) }
    case .failedFunction(let status, let data):
      self = before
      hadEffect = false
      reply = Self.failure("[Request ID: 1a2b] Server Error", data: data)
      reply.status = status
    case .html(let status):
      self = before
      hadEffect = false
      reply = .html(status)
    case .dropBefore:
      self = before
      hadEffect = false
      reply = .close
    case .silence:
      self = before
      hadEffect = false
      reply = .silence
    case .successAs560: reply.status = 560
    case .dropAfterCommit: reply = .close
    case .truncated: reply.delivery = .cutBody(after: reply.body.count / 2)
    case .slow(let milliseconds): reply.delay = .milliseconds(milliseconds)
    }
    calls.append(
      FakeConvex.Call(
        kind: kind, path: path, arguments: arguments, authorization: authorization, fault: fault, hadEffect: hadEffect))
    return reply
  }

  private mutating func takeFault(_ path: String) -> ConvexFault? {
    guard let index = faults.firstIndex(where: { $0.path == nil || $0.path == path }) else { return defaultFault }
    return faults.remove(at: index).fault
  }

  private mutating func perform(
    _ kind: String, _ path: String, _ arguments: JSONValue, _ backend: FakeConvex.Backend
  ) -> LoopbackReply {
    guard let function = FakeConvexFunction.all(backend)[path] else {
      return Self.failure("Could not find public function for '\(path)'. Did you forget to run `npx convex dev`?")
    }
    guard function.kind == kind else {
      return Self.failure("Trying to execute \(path) as \(kind), but it is defined as \(function.kind).")
    }
    if let problem = function.rule.problem(in: arguments) ?? ConvexRule.storageProblem(in: arguments) {
      return Self.failure("ArgumentValidationError: \(problem)")
    }
    let session = arguments["sessionId"]?.stringValue ?? ""
    let value: JSONValue
    switch function.effect {
    case .configuration: value = configurations[session] ?? .null
    case .sessionState:
      value =
        configurations[session].map {
          ["session": $0, "artifacts": .array(artifacts[session] ?? []), "isActive": true]
        } ?? (artifacts[session].map { ["session": [:], "artifacts": .array($0), "isActive": true] } ?? .null)
    case .status:
      statuses[session, default: []].append(arguments["status"]?.stringValue ?? "")
      for (name, member) in arguments["metadata"]?.objectValue ?? [:] { metadata[session, default: [:]][name] = member }
      value = .null
    case .results:
      if let problem = keep(arguments["artifacts"]?.arrayValue ?? [], of: session, backend) {
        return Self.failure(problem)
      }
      finalMetadata[session] = arguments["finalMetadata"]
      if backend == .origin { statuses[session, default: []].append("completed") }
      value = ["artifactIds": .array((artifacts[session] ?? []).indices.map { .string("a\($0)") })]
    }
    return .json(["status": "success", "value": value])
  }

  /// The seed's function replaces an artifact with the same id, the origin's inserts. Both check what they are given.
  private mutating func keep(_ new: [JSONValue], of session: String, _ backend: FakeConvex.Backend) -> String? {
    var kept = artifacts[session] ?? []
    for artifact in new {
      if artifact.utf8().count > 1 << 20 { return "Document is larger than 1 MiB" }
      if let problem = FakeConvexFunction.contentProblem(in: artifact) { return problem }
      let same = backend == .seed ? kept.firstIndex { $0["artifactId"] == artifact["artifactId"] } : nil
      if let same { kept[same] = artifact } else { kept.append(artifact) }
    }
    artifacts[session] = kept
    return nil
  }

  private static func failure(_ message: String, data: String? = nil) -> LoopbackReply {
    var envelope: JSONObject = ["status": "error", "errorMessage": .string(message)]
    if let data { envelope["errorData"] = ["code": .string(data)] }
    return .json(.object(envelope))
  }
}
