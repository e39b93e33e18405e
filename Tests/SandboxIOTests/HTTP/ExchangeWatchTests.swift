import SandboxCore
import Testing

@testable import SandboxIO

@Suite("The time of an exchange", .timeLimit(.minutes(1)))
struct ExchangeWatchTests {
  private static let errors = HTTPErrorMapping(origin: "http://a:80")

  private static func failure(
    total: Duration = .seconds(50), idle: Duration?,
    _ work: @escaping @Sendable (ExchangeWatch) async throws(SandboxError) -> Void
  ) async -> SandboxError? {
    do throws(SandboxError) {
      try await ExchangeWatch.run(total: total, idle: idle, errors, work)
      return nil
    } catch { return error }
  }

  @Sendable private static func sleep(_ duration: Duration) async throws(SandboxError) {
    do { try await Task.sleep(for: duration) } catch { throw SandboxError.wrap(error) }
  }

  @Test("a reader that takes its time is not a silent server")
  func slowReader() async throws {
    let error = await Self.failure(idle: .milliseconds(20)) { (watch) throws(SandboxError) in
      try await Self.sleep(.milliseconds(200))
    }
    #expect(error == nil)
  }

  @Test("silence ends it, also after a while of work")
  func silence() async throws {
    let error = await Self.failure(idle: .milliseconds(50)) { (watch) throws(SandboxError) in
      try await Self.sleep(.milliseconds(100))
      do {
        try await watch.waiting { try await Task.sleep(for: .seconds(40)) }
      } catch { throw SandboxError.wrap(error) }
    }
    #expect(error?.code == .timeout)
    #expect(error?.message == "http://a:80 sent nothing for 0.05 seconds")
  }

  @Test("whether anything was sent is known when the time is over", arguments: [false, true])
  func reached(hasSent: Bool) async throws {
    let error = await Self.failure(total: .milliseconds(50), idle: nil) { (watch) throws(SandboxError) in
      if hasSent { watch.send() }
      try await Self.sleep(.seconds(40))
    }
    #expect(error?.code == .timeout)
    #expect((error?.cause as? HTTPFailure)?.reached == hasSent)
  }

  @Test("a timeout of the work itself stays what it is")
  func ownTimeout() async throws {
    let error = await Self.failure(idle: nil) { (_) throws(SandboxError) in throw SandboxError(.timeout, "mine") }
    #expect(error?.message == "mine")
  }
}
