package import SandboxCore
package import SandboxIO
import Synchronization

/// Speaks with an MCP server that is a process of ours: one JSON message a line on its standard input and output.
///
/// A line that is no JSON is ignored and counted. A line of more than 4 MiB fails every exchange that waits, for nobody
/// knows whose response it was. What the server writes to its standard error is its log: drained, and quoted from when
/// the server dies.
package final class MCPStdioTransport: MCPTransport {
  typealias Response = Result<JSONValue, SandboxError>

  struct Exchange {
    /// Where its request is in the stream to the server.
    let position: Int
    let continuation: CheckedContinuation<Response, Never>
  }

  struct State {
    var conversation: ProcessConversation?
    var inbound: (@Sendable (JSONValue) -> Void)?
    var exchanges: [Int64: Exchange] = [:]
    /// How the server ended, in words; nil while it runs.
    var ending: String?
    var junkLines = 0
  }

  private let spec: ProcessSpec
  private let limits: ConversationLimits
  let state = Mutex(State())

  package let isolation: String?
  /// What lets the server through the proxy, until it has ended.
  private let grant: EgressGrant?

  /// - Parameter isolation: what holds the server back, for the record of its calls.
  package init(
    _ spec: ProcessSpec, limits: ConversationLimits = .default, isolation: String? = nil, grant: EgressGrant? = nil
  ) {
    self.spec = spec
    self.isolation = isolation
    self.grant = grant
    self.limits = limits
  }

  /// The program's name, for messages.
  var program: String { spec.argv.first?.split(separator: "/").last.map { String($0).excerpt(60) } ?? "" }

  /// Lines of the server that were no JSON objects.
  package var junkLines: Int { state.withLock { $0.junkLines } }

  package var isUsable: Bool { state.withLock { $0.conversation != nil && $0.ending == nil } }

  package func announcesCancellation(_ version: MCPVersion?) -> Bool { false }

  package func start(_ inbound: @escaping @Sendable (JSONValue) -> Void) async throws(SandboxError) {
    state.withLock { $0.inbound = inbound }
    let conversation: ProcessConversation
    do throws(SandboxError) {
      conversation = try await ProcessConversation.start(
        spec, limits: limits, onLine: { [weak self] in self?.receive($0) },
        onEnd: { [weak self, grant] end in
          grant?.revoke()
          self?.ended(end)
        })
    } catch {
      grant?.revoke()
      throw SandboxError(error.code, error.message, cause: ToolFailure(isBeforeEffect: true, cause: error.cause))
    }
    state.withLock { $0.conversation = conversation }
  }

  package func exchange(_ request: MCPRequest) async throws(SandboxError) -> JSONValue {
    let line = request.message.utf8()
    let response = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if let failure = begin(request.id, line, continuation) { continuation.resume(returning: .failure(failure)) }
      }
    } onCancel: {
      let exchange = state.withLock { $0.exchanges.removeValue(forKey: request.id) }
      exchange?.continuation.resume(returning: .failure(Self.cancelled))
    }
    return try response.get()
  }

  private static var cancelled: SandboxError {
    SandboxError(.cancelled, "nobody waits for the MCP server's answer any more")
  }

  /// Sends the request and notes who waits; the failure when that cannot be done. Both under the lock, so that an
  /// answer, a cancellation or an end that comes at once finds the exchange.
  private func begin(
    _ id: Int64, _ line: [UInt8], _ continuation: CheckedContinuation<Response, Never>
  ) -> SandboxError? {
    state.withLock { state in
      if Task.isCancelled { return Self.cancelled }
      do throws(SandboxError) {
        let position = try Self.send(line, state, program)
        state.exchanges[id] = Exchange(position: position, continuation: continuation)
        return nil
      } catch {
        return error
      }
    }
  }

  package func send(_ message: JSONValue, version: MCPVersion?) async throws(SandboxError) {
    let line = message.utf8()
    _ = try state.withLock { (state) throws(SandboxError) in try Self.send(line, state, program) }
  }

  private static func send(_ line: [UInt8], _ state: State, _ program: String) throws(SandboxError) -> Int {
    do throws(SandboxError) {
      guard let conversation = state.conversation, state.ending == nil else {
        throw SandboxError(.unavailable, "it has ended (\(state.ending ?? "before it began"))", retry: .backoff)
      }
      return try conversation.send(line)
    } catch {
      throw SandboxError(
        error.code, "the MCP server \(program) cannot be asked: \(error.message)",
        cause: ToolFailure(isBeforeEffect: true, cause: error.cause), retry: error.retry)
    }
  }

  package func close() async {
    let conversation = state.withLock { $0.conversation }
    await conversation?.close()
  }
}
