import SandboxCore
import SandboxIO

extension CloudFixture {
  static func withTransport<Value>(_ body: (any HTTPTransport) async throws -> Value) async throws -> Value {
    try await AsyncHTTPTransport.withTransport { try await body($0) }
  }
}
