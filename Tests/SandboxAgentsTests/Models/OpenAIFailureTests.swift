import SandboxAgents
import SandboxCore
import SandboxTestKit
import Testing

@Suite struct OpenAIFailureTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let status: Int
    var body = #"{"error":{"message":"m","type":"t","param":null,"code":null}}"#
    var headers: [HTTPHeader] = []
    let code: SandboxError.Code
    var retry = SandboxError.Retry.never
    var mayBeBilled = false
    var testDescription: String { "\(status) \(headers.map(\.value)) \(body.prefix(60))" }
  }

  static func after(_ name: String, _ value: String) -> [HTTPHeader] { [HTTPHeader(name, value)] }

  static let cases = [
    Case(status: 400, body: #"{"error":{"message":"too long","code":"context_length_exceeded"}}"#, code: .rejected),
    Case(status: 401, code: .unauthorized), Case(status: 403, code: .unauthorized),
    Case(status: 402, code: .limitExceeded), Case(status: 404, code: .notFound), Case(status: 413, code: .rejected),
    Case(status: 422, code: .rejected), Case(status: 302, body: "", code: .invalidResponse),
    Case(status: 408, code: .unavailable, retry: .backoff), Case(status: 409, code: .unavailable, retry: .backoff),
    Case(status: 500, code: .unavailable, retry: .backoff),
    Case(status: 502, body: "<html>", code: .unavailable, retry: .backoff),
    Case(status: 503, body: "", code: .unavailable, retry: .backoff),
    Case(status: 529, code: .unavailable, retry: .backoff),
    Case(
      status: 503, headers: after("retry-after", "2"), code: .unavailable, retry: .after(.seconds(2))),
    Case(status: 429, code: .rateLimited, retry: .backoff),
    Case(status: 429, body: #"{"error":{"message":"m","code":"insufficient_quota"}}"#, code: .limitExceeded),
    Case(status: 429, body: #"{"error":{"message":"m","type":"insufficient_quota"}}"#, code: .limitExceeded),
    Case(status: 429, headers: after("Retry-After", "0.2"), code: .rateLimited, retry: .after(.milliseconds(200))),
    Case(status: 429, headers: after("retry-after-ms", "1500"), code: .rateLimited, retry: .after(.milliseconds(1500))),
    Case(
      status: 429, headers: after("Retry-After", "Tue, 14 Nov 2023 22:30:05 GMT"), code: .rateLimited,
      retry: .after(.seconds(5))),
    Case(
      status: 429,
      headers: after("Retry-After", "Sun, 06 Nov 1994 08:49:40 GMT") + after("Date", "Sun, 06 Nov 1994 08:49:37 GMT"),
      code: .rateLimited, retry: .after(.seconds(3))),
    Case(status: 429, headers: after("Retry-After", "120"), code: .rateLimited, retry: .after(.seconds(120))),
    Case(status: 429, headers: after("Retry-After", "120.1"), code: .rateLimited),
    Case(status: 429, headers: after("Retry-After", "1e9"), code: .rateLimited),
    Case(status: 429, headers: after("Retry-After", "inf"), code: .rateLimited),
    Case(status: 429, headers: after("Retry-After", "nan"), code: .rateLimited, retry: .backoff),
    Case(status: 429, headers: after("Retry-After", "0"), code: .rateLimited, retry: .backoff),
    Case(status: 429, headers: after("Retry-After", "-5"), code: .rateLimited, retry: .backoff),
    Case(status: 429, headers: after("Retry-After", "soon"), code: .rateLimited, retry: .backoff),
    Case(
      status: 429, headers: after("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"), code: .rateLimited,
      retry: .backoff),
    Case(status: 400, headers: after("x-should-retry", "true"), code: .rejected, retry: .backoff),
    Case(status: 503, headers: after("x-should-retry", "false"), code: .unavailable),
    Case(
      status: 200, body: #"{"error":{"code":429,"message":"slow down"}}"#, code: .rateLimited, retry: .backoff),
    Case(status: 200, body: #"{"error":{"code":402,"message":"no credit"}}"#, code: .limitExceeded),
    Case(
      status: 200, body: #"{"error":{"code":502,"message":"upstream"}}"#, code: .unavailable, retry: .backoff,
      mayBeBilled: true),
    Case(
      status: 200, body: #"{"error":"broken"}"#, code: .unavailable, retry: .backoff, mayBeBilled: true),
    Case(
      status: 200, body: #"{"choices":[{"finish_reason":"error","error":{"code":503,"message":"m"}}]}"#,
      code: .unavailable, retry: .backoff, mayBeBilled: true),
  ]

  @Test(arguments: cases)
  func mapping(_ sample: Case) async {
    let time = TimeSource(
      monotonic: { .zero }, wallMilliseconds: { 1_700_001_000_000 }, sleep: { _ in })
    let transport = FakeTransport(HTTPReply(sample.status, sample.body, headers: sample.headers))
    let error = await #expect(throws: SandboxError.self) {
      try await OpenAIRequestTests.model(transport, time: time).respond(to: OpenAIRequestTests.request())
    }
    #expect(error?.code == sample.code)
    #expect(error?.retry == sample.retry)
    let failure = error?.cause as? ModelFailure
    #expect(failure?.mayBeBilled == sample.mayBeBilled)
    #expect(failure?.status == sample.status)
    #expect(error?.message.contains("openai/m-1") == true)
    #expect(error?.message.contains("sk-1") == false)
  }

  @Test func transportFailures() async {
    func failure(_ thrown: SandboxError) async -> SandboxError? {
      let transport = FakeTransport { _, _ throws(SandboxError) in throw thrown }
      return await #expect(throws: SandboxError.self) {
        try await OpenAIRequestTests.model(transport).respond(to: OpenAIRequestTests.request())
      }
    }
    let refused = await failure(SandboxError(.unavailable, "refused", cause: HTTPFailure(reached: false)))
    #expect(refused?.code == .unavailable && refused?.retry == .backoff)
    #expect((refused?.cause as? ModelFailure)?.mayBeBilled == false)
    let reset = await failure(SandboxError(.unavailable, "reset", cause: HTTPFailure(reached: true)))
    #expect((reset?.cause as? ModelFailure)?.mayBeBilled == true)
    let late = await failure(SandboxError(.timeout, "late"))
    #expect(late?.code == .unavailable && (late?.cause as? ModelFailure)?.mayBeBilled == true)
    let large = await failure(SandboxError(.outputLimit, "large"))
    #expect(large?.code == .invalidResponse)
    let cancelled = await failure(SandboxError(.cancelled, "stop"))
    #expect(cancelled?.code == .cancelled)
  }

  @Test func messageIsOneBoundedLine() async {
    let long = String(repeating: "x\\n", count: 2_000)
    let transport = FakeTransport(HTTPReply(400, #"{"error":{"message":"\#(long)"}}"#))
    let error = await #expect(throws: SandboxError.self) {
      try await OpenAIRequestTests.model(transport).respond(to: OpenAIRequestTests.request())
    }
    #expect(error?.message.contains("\n") == false)
    #expect((error?.message.utf8.count ?? 0) < 600)
  }
}
