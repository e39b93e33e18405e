import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Model servers that fail")
struct ModelFaultTests {
  /// What a server does, what becomes of the session, and how often the server may be asked.
  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    let replies: [ScriptedModelReply]
    let code: Int32
    let requests: ClosedRange<Int>
    /// Part of the reason that is told.
    let reason: String

    init(
      _ name: String, _ replies: [ScriptedModelReply], _ code: Int32, _ requests: ClosedRange<Int>,
      _ reason: String = ""
    ) {
      self.name = name
      self.replies = replies
      self.code = code
      self.requests = requests
      self.reason = reason
    }

    var testDescription: String { name }

    static let done = ScriptedModelReply.text("done", prompt: 1_000, completion: 100)

    static func reply(_ text: String, _ status: Int = 200, type: String = "application/json") -> ScriptedModelReply {
      .raw(.text(text, status: status, type: type))
    }

    static func message(_ members: String, finish: String = "stop") -> String {
      "{\"choices\":[{\"message\":{\(members)},\"finish_reason\":\"\(finish)\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}"
    }
  }

  private func expect(_ fault: Fault) async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer(fault.replies)
      try await model.run { url in
        let session = Session(in: folder, modelURL: url)
        let ended = try await session.finish()
        #expect(ended.code == fault.code, "\(ended)")
        #expect(fault.requests.contains(model.requestCount), "\(model.requestCount) requests")
        let errors = ended.errorLines.filter { $0.hasPrefix("error: ") }
        #expect(errors.count == (fault.code == 0 ? 0 : 1), "\(ended)")
        if fault.code != 0 {
          #expect(
            errors.first?.contains("openai/gpt-4o") == true && errors.first?.contains(fault.reason) == true, "\(ended)")
          #expect(
            errors.first?.contains("ModelFailure") == false && (errors.first?.utf8.count ?? 0) < 1_000, "\(ended)")
        }
        ended.expectFramed()
        // What the provider may bill is spent, here and at the session's end.
        let billed = model.promptTokensBilled + model.completionTokensBilled
        #expect(session.status["spend"]?["tokens"]?.intValue ?? -1 >= billed)
        #expect(session.status["spend"]?["cost"]?.doubleValue == session.result["usage"]?["costUsd"]?.doubleValue)
        #expect(session.result["usage"]?["modelCalls"]?.intValue == model.requestCount)
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test(arguments: [
    Fault("500", [.serverError], 69, 3...3, "HTTP 500"),
    Fault("502 in HTML", [Fault.reply("<html>Bad Gateway</html>", 502, type: "text/html")], 69, 3...3, "HTTP 502"),
    Fault("503, then well", [.error(503, code: "overloaded"), .error(503, code: "overloaded"), Fault.done], 0, 3...3),
    Fault("408", [.error(408, code: "timeout")], 69, 3...3), Fault("409", [.error(409, code: "conflict")], 69, 3...3),
    Fault("529", [.error(529, code: "overloaded")], 69, 3...3),
    Fault("garbage", [.garbage], 69, 3...3), Fault("garbage, then well", [.garbage, Fault.done], 0, 2...2),
    Fault("HTML with 200", [.notJSON], 69, 3...3, "no chat completion"),
    Fault("nothing with 200", [Fault.reply("")], 69, 3...3, "no chat completion"),
    Fault("an empty object", [Fault.reply("{}")], 69, 3...3, "no message"),
    Fault("a list", [Fault.reply("[]")], 69, 3...3, "no message"),
    Fault("no choice", [Fault.reply("{\"choices\":[]}")], 69, 3...3, "no message"),
    Fault("a choice that is none", [Fault.reply("{\"choices\":[null]}")], 69, 3...3, "no message"),
    Fault("a message that is none", [Fault.reply("{\"choices\":[{\"message\":\"hi\"}]}")], 69, 3...3, "no message"),
    Fault("keys twice", [Fault.reply("{\"choices\":[],\"choices\":[]}")], 69, 3...3, "not JSON"),
    Fault("half a character", [Fault.reply(Fault.message("\"content\":\"\\ud800\""))], 69, 3...3, "not JSON"),
    Fault("depth", [Fault.reply(String(repeating: "[", count: 100_000))], 69, 3...3, "not JSON"),
    Fault(
      "server-sent events", [Fault.reply("data: {\"choices\":[]}\n\ndata: [DONE]\n\n", type: "text/event-stream")], 69,
      3...3, "not JSON"),
    Fault("204", [Fault.reply("", 204)], 69, 3...3),
    Fault("a wrong content type", [Fault.reply(Fault.message("\"content\":\"done\""), type: "text/plain")], 0, 1...1),
    Fault("closed", [.closed], 69, 3...3), Fault("reset", [.raw(.reset)], 69, 3...3),
    Fault("closed, then well", [.closed, .raw(.reset), Fault.done], 0, 3...3),
    Fault("cut off", [.cutOff(.text("a long answer", prompt: 2_000, completion: 500))], 69, 3...3),
    Fault(
      "cut off, then well", [.cutOff(.text("a long answer", prompt: 2_000, completion: 500)), Fault.done], 0, 2...2),
    Fault("larger than 16 MiB", [Fault.reply(String(repeating: " ", count: 17 << 20))], 69, 3...3, "larger than"),
    Fault(
      "a redirect", [.raw(LoopbackReply(status: 302, headers: [("Location", "http://169.254.169.254/latest")]))], 69,
      1...1, "HTTP 302"),
    Fault(
      "a redirect to itself", [.raw(LoopbackReply(status: 307, headers: [("Location", "/v1/chat/completions")]))], 69,
      1...1, "HTTP 307"),
    Fault(
      "compressed",
      [.raw(LoopbackReply(headers: [("Content-Encoding", "gzip")], body: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]))], 69, 3...3,
      "not JSON"),
    Fault("401", [.unauthorized], 77, 1...1, "HTTP 401"),
    Fault("403", [.error(403, code: "forbidden")], 77, 1...1, "HTTP 403"),
    Fault("400", [.error(400, code: "bad")], 1, 1...1, "HTTP 400"),
    Fault("404", [.error(404, code: "model_not_found")], 1, 1...1, "HTTP 404"),
    Fault("402", [.error(402, code: "payment")], 1, 1...1, "no credit"),
    Fault("no quota", [.outOfQuota], 1, 1...1, "no credit"),
    Fault("401 in 200", [Fault.reply("{\"error\":{\"message\":\"no\",\"code\":401}}")], 77, 1...1),
    Fault("503 in 200", [Fault.reply("{\"error\":{\"message\":\"busy\",\"code\":503}}")], 69, 3...3, "busy"),
    Fault("an error in 200", [Fault.reply("{\"error\":\"something\"}")], 69, 3...3, "something"),
    Fault(
      "an error in the choice", [Fault.reply("{\"choices\":[{\"error\":{\"code\":502,\"message\":\"upstream\"}}]}")],
      69, 3...3, "upstream"),
    Fault(
      "lines in the message",
      [Fault.reply("{\"error\":{\"message\":\"a\\nerror: b\\u001b[2J\\n[State] completed\",\"code\":400}}", 400)], 1,
      1...1),
    Fault(
      "a long message", [Fault.reply("{\"error\":{\"message\":\"\(String(repeating: "x", count: 100_000))\"}}", 400)],
      1, 1...1),
    Fault("429 for ever", [.rateLimited()], 69, 3...3, "HTTP 429"),
    Fault("429, then well", [.rateLimited(), .rateLimited(), Fault.done], 0, 3...3),
    Fault("429 for a billion seconds", [.rateLimited(retryAfter: "1000000000")], 69, 1...1, "HTTP 429"),
    Fault("429 with a negative wait", [.rateLimited(retryAfter: "-5"), Fault.done], 0, 2...2),
    Fault("429 with garbage", [.rateLimited(retryAfter: "soon"), Fault.done], 0, 2...2),
    Fault(
      "429 with a date in the past", [.rateLimited(retryAfter: "Wed, 21 Oct 2015 07:28:00 GMT"), Fault.done], 0, 2...2),
    Fault("429 with NaN", [.rateLimited(retryAfter: "nan"), Fault.done], 0, 2...2),
    Fault("429 with 1e400", [.rateLimited(retryAfter: "1e400")], 69, 1...1),
  ])
  func fails(fault: Fault) async throws { try await expect(fault) }

  @Test func nobodyListens() async throws {
    try await Folder.with { folder in
      let port = try await LoopbackServer.freePort()
      let session = Session(in: folder, modelURL: "http://127.0.0.1:\(port)/v1")
      let ended = try await session.finish()
      #expect(ended.code == 69, "\(ended)")
      #expect(ended.errorLines.count == 1 && ended.standardError.contains("127.0.0.1:\(port)"), "\(ended)")
      #expect(session.status["spend"]?["cost"]?.doubleValue == 0, "what never arrived costs nothing: \(ended)")
      #expect(ended.standardError.contains("Connection refused"), "\(ended)")
      try await session.expectConsistent(ended)
      // And there is no such name.
      let unknown = Session("s2", in: folder, modelURL: "http://no-such-host.invalid/v1")
      let other = try await unknown.finish()
      #expect(other.code == 69 && other.errorLines.count == 1, "\(other)")
      try await unknown.expectConsistent(other)
    }
  }

  /// The server says how long to wait, and is not asked before.
  @Test(arguments: ["1", "1.2", "date"])
  func retryAfter(value: String) async throws {
    try await Folder.with { folder in
      let times = Box<[ContinuousClock.Instant]>([])
      let model = ScriptedModelServer { request in
        times.change { $0.append(.now) }
        guard request.number < 2 else { return .text("done") }
        guard value == "date" else { return .rateLimited(retryAfter: value) }
        // A date two seconds after the server's own, wherever that is.
        var reply = LoopbackReply.json(["error": ["message": "slow down"]], status: 429)
        reply.headers = [("Date", "Wed, 21 Oct 2015 07:28:00 GMT"), ("Retry-After", "Wed, 21 Oct 2015 07:28:01 GMT")]
        return .raw(reply)
      }
      try await model.run { url in
        let session = Session(in: folder, modelURL: url)
        let ended = try await session.finish()
        #expect(ended.code == 0, "\(ended)")
        let asked = times.value
        #expect(asked.count == 3)
        for (first, second) in zip(asked, asked.dropFirst()) {
          #expect(second - first >= .milliseconds(990), "\(second - first)")
        }
        try await session.expectConsistent(ended)
      }
    }
  }

  /// A server that says nothing, or never comes to an end, is waited for as long as the session may last.
  @Test(arguments: ["silence", "a byte now and then", "late"])
  func time(how: String) async throws {
    try await Folder.with { folder in
      let body = LoopbackReply.text(String(repeating: " ", count: 100_000))
      let model = ScriptedModelServer { _ in
        switch how {
        case "silence": .silence
        case "late": .delayed(.seconds(60), .text("done"))
        default: .raw(LoopbackReply(body: body.body, delivery: .slow(chunk: 1, pause: .milliseconds(20))))
        }
      }
      try await model.run { url in
        let session = Session(in: folder, modelURL: url, environment: ["AGENT_MAX_DURATION_MS": "1500"])
        let ended = try await session.finish()
        #expect(ended.code == 124, "\(ended)")
        #expect(ended.took < .seconds(15))
        #expect(ended.errorLines.count == 1 && ended.standardError.contains("1500 ms"), "\(ended)")
        #expect(model.requestCount <= 2)
        #expect(session.result["usage"]?["costUsd"]?.doubleValue ?? 0 > 0, "what was asked is charged")
        try await session.expectConsistent(ended)
      }
    }
  }
}
