package import SandboxCore

/// A program that runs until it is told to end, and with which we exchange lines over its standard streams.
///
/// Like every child here it has an init that ends whatever it leaves behind. A thread of its own reads, writes and watches,
/// so no task ever blocks. Whoever starts one calls ``close()``; one that is only dropped is ended all the same.
package final class ProcessConversation: Sendable {
  private let queue: ConversationQueue

  private init(_ queue: ConversationQueue) { self.queue = queue }

  deinit { queue.close() }

  /// Starts the program and returns once it is executed. Cancelling does not stop it.
  ///
  /// - Parameters:
  ///   - spec: its input, output limits, timeout and termination grace do not count here.
  ///   - onLine: gets what the child writes, in order, from the conversation's thread; nothing more is read until it
  ///     returns.
  ///   - onEnd: called once, from the same thread, when the child is gone and everything that it wrote was delivered.
  /// - Throws: what ``ProcessRunner/run(_:)`` throws for a program that cannot be started.
  package static func start(
    _ spec: ProcessSpec, limits: ConversationLimits = .default,
    onLine: @escaping @Sendable (LineFramer.Frame) -> Void, onEnd: @escaping @Sendable (ConversationEnd) -> Void
  ) async throws(SandboxError) -> ProcessConversation {
    let queue = try ConversationQueue(limit: limits.queuedBytes)
    let failure: SandboxError? = await withCheckedContinuation { continuation in
      let started = DedicatedThread.start {
        do throws(SandboxError) {
          let loop = try ConversationLoop(spec, limits, queue)
          continuation.resume(returning: nil)
          let end = loop.run(onLine)
          onEnd(end)
          queue.finish(end)
        } catch {
          continuation.resume(returning: error)
        }
      }
      if !started {
        continuation.resume(
          returning: SandboxError(
            .unavailable, "cannot start \(spec.executable): the system has no thread left", retry: .backoff))
      }
    }
    if let failure { throw failure }
    return ProcessConversation(queue)
  }

  /// Queues one line, which gets its end here, and returns at once with its place among everything ever queued.
  ///
  /// - Throws: `.unavailable` when the child has ended, is being ended, or has left too much unread.
  @discardableResult
  package func send(_ line: [UInt8]) throws(SandboxError) -> Int { try queue.append(line + [0x0a]) }

  /// Whether the child can have seen anything of the line at this place.
  package func isWritten(_ position: Int) -> Bool { queue.isWritten(position) }

  /// How it ended; nil while it runs.
  package var end: ConversationEnd? { queue.end }

  /// Ends the child: closes its input, then asks its group to end, then kills it, each after its grace, and returns when
  /// nothing is left of it, or of what it started. Cancelling changes nothing.
  @discardableResult
  package func close() async -> ConversationEnd {
    queue.close()
    return await queue.waitForEnd()
  }
}
