import NIOCore
import NIOSSL
import NIOTLS
import SandboxTestKit
import Synchronization

/// A ``LoopbackServer`` that speaks TLS as `pinned.example`, and remembers which name it was asked for.
enum TLSLoopback {
  static func run<Value>(
    _ handler: @escaping LoopbackServer.Handler, host: String = "127.0.0.1",
    _ body: (_ server: LoopbackServer, _ names: @escaping () -> [String?]) async throws -> Value
  ) async throws -> Value {
    let key = try NIOSSLPrivateKey(bytes: Array(Self.key.utf8), format: .pem)
    let certificates = try NIOSSLCertificate.fromPEMBytes(Array(Self.certificate.utf8))
    let context = try NIOSSLContext(
      configuration: .makeServerConfiguration(
        certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key)))
    let names = Names()
    return try await LoopbackServer.run(
      handler, host: host,
      prepare: { channel in
        let loop = channel.eventLoop
        let sni = SNIHandler { result in
          names.add(result)
          return loop.makeSucceededVoidFuture()
        }
        try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(sni))
        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
      }
    ) { server in try await body(server) { names.all } }
  }

  private final class Names: Sendable {
    private let seen = Mutex<[String?]>([])

    var all: [String?] { seen.withLock { $0 } }

    func add(_ result: SNIResult) {
      if case .hostname(let name) = result {
        seen.withLock { $0.append(name) }
      } else {
        seen.withLock { $0.append(nil) }
      }
    }
  }

  /// Self-signed, for `pinned.example`, until 2120; used nowhere else.
  static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIBcDCCARagAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5waW5uZWQu
    ZXhhbXBsZTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowGTEXMBUG
    A1UEAwwOcGlubmVkLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATL
    lV8eK5XUVHbAcXboejLMND+nXyNfSq0hjYDEgnJ/IZ0W+xYsdsVdAnJm2Dp2UP8y
    lZsAyH5YRFxi1jIVb8Vro00wSzAZBgNVHREEEjAQgg5waW5uZWQuZXhhbXBsZTAP
    BgNVHRMBAf8EBTADAQH/MB0GA1UdDgQWBBTw4G9RwrexxT816QhqNDTxMMocdDAK
    BggqhkjOPQQDAgNIADBFAiBFX0/qZGIRXg2aazRQu2SfhcU1YhJdaC/F3PZ9dzEc
    TgIhAI6kP3ErO7RmEuI/ZmBC+0SGLJ3XHowBd1T56OWO6ANS
    -----END CERTIFICATE-----
    """

  private static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnVbwrQXHfrZnV0Cd
    CI6DrIbFlCjv408fpdP4sIO+0UuhRANCAATLlV8eK5XUVHbAcXboejLMND+nXyNf
    Sq0hjYDEgnJ/IZ0W+xYsdsVdAnJm2Dp2UP8ylZsAyH5YRFxi1jIVb8Vr
    -----END PRIVATE KEY-----
    """
}
