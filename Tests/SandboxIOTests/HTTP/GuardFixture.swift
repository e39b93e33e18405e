import SandboxCore
import SandboxIO

/// What the tests of guarded requests share.
enum GuardFixture {
  /// Runs `body` with a transport that may go to the networks named, and resolves names by `resolver`.
  static func run<Value>(
    allowing networks: String = "", resolver: any AddressResolver = FixedResolver(),
    _ configuration: HTTPTransportConfiguration = HTTPTransportConfiguration(connectTimeout: .seconds(60)),
    _ body: (GuardedTransport) async throws -> Value
  ) async throws -> Value {
    let policy = try AddressPolicy(parsing: networks)
    return try await AsyncHTTPTransport.withTransport(configuration) { transport in
      try await body(GuardedTransport(transport, policy: policy, resolver: resolver))
    }
  }

  static func get(
    _ url: String, _ redirects: HTTPRedirects = .follow, headers: [HTTPHeader] = [], timeout: Duration = .seconds(30),
    limit: Int = 1 << 20
  ) -> HTTPRequest {
    HTTPRequest(
      method: "GET", url: url, headers: headers, timeout: timeout, maximumReplyBytes: limit, redirects: redirects)
  }

  /// The error of a request that must fail.
  static func failure(
    _ transport: some HTTPTransport, _ request: HTTPRequest
  ) async throws -> (code: SandboxError.Code, reached: Bool?, retry: SandboxError.Retry, message: String)? {
    do throws(SandboxError) {
      _ = try await transport.send(request)
      return nil
    } catch {
      return (error.code, (error.cause as? HTTPFailure)?.reached, error.retry, error.message)
    }
  }
}
