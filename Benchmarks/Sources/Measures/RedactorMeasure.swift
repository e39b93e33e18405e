import SandboxCore

/// How fast texts, streams and events are cleared of secrets, with 50 secrets in all their forms.
struct RedactorMeasure {
  struct Figure {
    let name: String
    let value: Double
    let unit: String
  }

  private let redactor: Redactor
  private let time = TimeSource.system

  init() { redactor = Redactor(secrets: Self.secrets) }

  /// Megabytes a second for texts, microseconds for a journal event.
  func figures() -> [Figure] {
    var figures: [Figure] = []
    for (name, text) in Self.texts {
      let whole = throughput(text) { _ = redactor.redact($0) }
      figures.append(Figure(name: "whole text, \(name)", value: whole, unit: "MB/s"))
      figures.append(Figure(name: "4 KiB pieces, \(name)", value: throughput(text, stream), unit: "MB/s"))
    }
    figures.append(Figure(name: "shapes only, JSON", value: shapes(), unit: "MB/s"))
    figures.append(Figure(name: "preparing 50 secrets", value: preparing(), unit: "ms"))
    figures.append(Figure(name: "small event", value: event(Self.smallEvent, times: 1_000), unit: "µs"))
    figures.append(Figure(name: "event of 64 KiB", value: event(Self.largeEvent, times: 50), unit: "µs"))
    return figures
  }

  private func stream(_ text: [UInt8]) {
    var stream = RedactingStream(redactor)
    for start in Swift.stride(from: 0, to: text.count, by: 4_096) {
      _ = stream.push(text[start..<min(start + 4_096, text.count)])
    }
    _ = stream.finish()
  }

  private func shapes() -> Double {
    throughput(Self.texts[0].text) { _ = Redactor.shapesOnly.redact($0) }
  }

  private func preparing() -> Double {
    best { _ = Redactor(secrets: Self.secrets) } * 1_000
  }

  private func event(_ event: SessionEvent, times: Int) -> Double {
    best { for _ in 0..<times { _ = try? event.redacted(by: redactor) } } * 1e6 / Double(times)
  }

  private func throughput(_ text: [UInt8], _ work: ([UInt8]) -> Void) -> Double {
    Double(text.count) / 1e6 / best { work(text) }
  }

  /// Seconds of the fastest of some runs: what the others add is not the redactor's.
  private func best(_ work: () -> Void) -> Double {
    (0..<7).map { _ in
      let start = time.monotonic()
      work()
      return (time.monotonic() - start).secondsAsDouble
    }.min() ?? 0
  }

  private static let smallEvent = SessionEvent.modelCallStarted(
    ModelCallStarted(
      callID: CallID("root.2/4"), taskID: TaskID("root.2"), agentID: AgentID("omega:research"), model: "openai/gpt-4o",
      step: 4, attempt: 1, reservation: Amount(cost: Money(microdollars: 12_345), tokens: 678)))

  private static let largeEvent = SessionEvent.taskFinished(
    TaskFinished(
      taskID: TaskID("root.2"), status: .completed, result: String(repeating: "It grew by 3 % in 2026. ", count: 2_731))
  )

  private static var secrets: [String] {
    var random = SystemRandom(state: 7)
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=%-_'\"\\&")
    return (0..<50).map { index in
      let prefix = ["sk-proj-", "ghp_", "", "AKIA", "tok/"][index % 5]
      return prefix + String((0..<(16 + index)).map { _ in alphabet[random.next() % alphabet.count] })
    }
  }

  private static let texts: [(name: String, text: [UInt8])] = {
    var random = SystemRandom(state: 3)
    let words = [
      "the", "session", "token", "of", "result", "which", "analysis", "secret", "http://example.com/a?b=c", "key",
      "and", "value", "function", "return", "a", "market", "growth", "in", "2026", "report",
    ]
    let prose = (0..<700_000).map { _ in words[random.next() % words.count] }.joined(separator: " ")
    let record: JSONValue = [
      "id": "3f9ac2d1-77aa-4b1e-9c3e-0123456789ab", "time": 1_763_740_000_123, "ok": true,
      "url": "https://example.com/api/v1/items?page=2&limit=50", "text": "a \"quoted\" line\nand the next one",
    ]
    let json = JSONValue.array(Array(repeating: record, count: 20_000)).utf8()
    let base64 = Array(Base64.encode((0..<3_000_000).map { _ in UInt8(random.next() & 255) }).utf8)
    return [("JSON", json), ("prose", Array(prose.utf8)), ("base 64", base64)]
  }()

  private struct SystemRandom {
    var state: UInt64

    mutating func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
  }
}
