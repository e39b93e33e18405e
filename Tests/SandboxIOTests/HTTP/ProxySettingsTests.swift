import SandboxCore
import SandboxIO
import Testing

@Suite("Proxy settings")
struct ProxySettingsTests {
  private static func settings(_ exceptions: String = "") throws -> ProxySettings {
    try ProxySettings(http: "http://proxy.example:3128", https: "user:pa%3Ass@[::2]:8080/", exceptions: exceptions)
  }

  @Test func servers() throws {
    let settings = try Self.settings()
    #expect(settings.server(isSecure: false, host: "a.example", port: 80)?.host == "proxy.example")
    #expect(settings.server(isSecure: false, host: "a.example", port: 80)?.port == 3128)
    #expect(settings.server(isSecure: true, host: "a.example", port: 443)?.host == "::2")
    #expect(settings.server(isSecure: true, host: "a.example", port: 443)?.port == 8080)
    #expect(try ProxySettings(http: "", https: nil, exceptions: nil) == .none)
    #expect(try ProxySettings(http: "host", https: nil, exceptions: nil).http?.port == 80)
  }

  @Test(
    "exceptions",
    arguments: [
      ("example.com", "example.com", 80, true), ("example.com", "A.Example.com", 80, true),
      (".example.com", "example.com", 80, true), ("*.example.com", "b.example.com", 80, true),
      ("example.com", "notexample.com", 80, false), ("example.com:81", "example.com", 80, false),
      ("example.com:81", "example.com", 81, true), ("*", "anything", 1, true), ("10.0.0.0/8", "10.200.3.4", 80, true),
      ("10.0.0.0/8", "11.0.0.1", 80, false), ("10.0.0.0/8", "10.example.com", 80, false),
      ("192.168.1.7", "192.168.1.7", 80, true), ("a.example, b.example", "b.example", 80, true),
      ("", "a.example", 80, false),
      (",,", "a.example", 80, false), ("0.0.0.0/0", "1.2.3.4", 80, true), ("1.2.3.4/32", "1.2.3.5", 80, false),
    ])
  func exceptions(list: String, host: String, port: Int, isDirect: Bool) throws {
    #expect((try Self.settings(list).server(isSecure: false, host: host, port: port) == nil) == isDirect)
  }

  @Test(arguments: ["localhost", "127.0.0.1", "127.1.2.3", "::1", "LOCALHOST"])
  func loopbackIsNeverProxied(host: String) throws {
    #expect(try Self.settings().server(isSecure: true, host: host, port: 443) == nil)
  }

  @Test(arguments: [
    "socks5://host:1080", "https://host:3128", "http://", "http://secret:word@host:0", "host:port", "[::1",
  ])
  func invalid(proxy: String) {
    let error = #expect(throws: SandboxError.self) { try ProxySettings(http: proxy, https: nil, exceptions: nil) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains("HTTP_PROXY") == true)
    #expect(error?.message.contains("secret") == false)
  }
}
