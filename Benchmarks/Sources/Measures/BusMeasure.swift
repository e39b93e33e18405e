import Glibc
import SandboxCore
import SandboxTools
import Synchronization

/// What a tool call costs beyond the tool itself: a tool that does nothing, with the journal in memory.
struct BusMeasure {
  struct Figure {
    let name: String
    let value: Double
    let unit: String
  }

  private static let time = TimeSource.system
  private static let queued = 10_000
  private static let permits = 3

  func figures() async throws -> [Figure] {
    let plain = try await overhead(returns: nil)
    let checked = try await overhead(returns: ["type": "object", "properties": ["n": ["type": "integer"]]])
    return [
      Figure(name: "tool call, median", value: plain.median, unit: "µs"),
      Figure(name: "tool call, 99 of 100 below", value: plain.high, unit: "µs"),
      Figure(name: "tool call with checked result, median", value: checked.median, unit: "µs"),
    ] + (try await queue())
  }

  // MARK: - One after another

  private func overhead(returns: JSONValue?) async throws -> (median: Double, high: Double) {
    let bus = try await Self.bus(returns: returns) { ToolOutput(json: $0.arguments) }
    var times: [Double] = []
    for number in 0..<20_000 {
      let call = Self.call(number)
      let start = Self.time.monotonic()
      let result = try await bus.execute(call)
      // The first ones warm the caches.
      if number >= 1_000 { times.append((Self.time.monotonic() - start).secondsAsDouble * 1e6) }
      if let error = result.error { throw SandboxError(.internalError, "a call failed: \(error.message)") }
    }
    times.sort()
    return (times[times.count / 2], times[times.count / 100 * 99])
  }

  // MARK: - Ten thousand at once

  private func queue() async throws -> [Figure] {
    let door = Door()
    let started = Mutex((next: 0, begun: Set<Int>(), overtaken: 0))
    let bus = try await Self.bus(returns: nil) { invocation in
      let number = Int(invocation.callID.rawValue) ?? 0
      started.withLock { started in
        started.begun.insert(number)
        while started.begun.remove(started.next) != nil { started.next += 1 }
        let late = number < started.next ? 0 : number - started.next - started.begun.count { $0 < number }
        started.overtaken = max(started.overtaken, late)
      }
      await door.wait()
      return ToolOutput(json: .object([:]))
    }
    let before = Self.residentMiB
    return try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<Self.queued {
        group.addTask {
          let result = try await bus.execute(Self.call(number))
          if let error = result.error { throw SandboxError(.internalError, "a call failed: \(error.message)") }
        }
        while bus.callsWaiting + Self.permits <= number { await Task.yield() }
      }
      let full = Self.residentMiB
      let start = Self.time.monotonic()
      door.open()
      try await group.waitForAll()
      let drained = (Self.time.monotonic() - start).secondsAsDouble
      return [
        Figure(
          name: "\(Self.queued) waiting calls, \(Self.permits) permits, all done after", value: drained, unit: "s"),
        Figure(name: "most calls overtaken by a later one", value: Double(started.withLock { $0.overtaken }), unit: ""),
        Figure(name: "memory of the waiting calls", value: full - before, unit: "MiB"),
        Figure(name: "memory added while they ran", value: Self.residentMiB - full, unit: "MiB"),
      ]
    }
  }

  // MARK: - Parts

  private static func bus(
    returns: JSONValue?, _ body: @escaping @Sendable (ToolInvocation) async -> ToolOutput
  ) async throws -> ToolBus {
    var limits = ExecutionLimits()
    limits.maxConcurrentTools = permits
    let bus = ToolBus(
      log: SessionLog(journal: CountingJournal(), time: time), limits: limits,
      deadline: Deadline(after: .seconds(3600), time: time), callGate: CallRateGate(callsPerMinute: nil, time: time),
      time: time, stop: StopControl())
    let parameters: JSONValue = [
      "type": "object", "properties": ["n": ["type": "integer"], "q": ["type": "string"]], "required": ["n"],
      "additionalProperties": false,
    ]
    try await bus.register(
      ToolDefinition(
        id: ToolID("noop"), description: "", category: "execution", parameters: parameters, returns: returns,
        effect: .pure), executor: Closure(body: body))
    return bus
  }

  private static func call(_ number: Int) -> ToolCall {
    ToolCall(
      id: CallID("\(number)"), taskID: .root, agentID: .meta, tool: "noop",
      arguments: "{\"n\":\(number),\"q\":\"some text\"}")
  }

  private struct Closure: ToolExecutor {
    let body: @Sendable (ToolInvocation) async -> ToolOutput

    func execute(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput { await body(invocation) }
  }

  /// Keeps nothing, so that memory shows what the bus itself holds.
  private actor CountingJournal: Journal {
    private var count = 0

    func commit(_ records: [EventRecord]) { count += records.count }
  }

  private final class Door: Sendable {
    private let signal = ChangeSignal()

    func open() { signal.notify() }

    func wait() async { await signal.wait(after: 0) }
  }

  private static var residentMiB: Double {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 256)
    guard fgets(&text, 256, file) != nil else { return 0 }
    let fields = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split(
      separator: " ")
    let pages = fields.count > 1 ? Double(fields[1]) ?? 0 : 0
    return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
  }
}
