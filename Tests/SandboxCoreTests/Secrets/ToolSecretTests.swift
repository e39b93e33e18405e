import SandboxCore
import Testing

@Suite struct ToolSecretTests {
  @Test func bindingsAreRead() {
    let expected: [(String, ToolSecret.Binding?)] = [
      ("api.example.com", .host("api.example.com", port: nil)),
      ("API.Example.com:8443", .host("api.example.com", port: 8443)),
      ("*.example.com", .domain("example.com", port: nil)), ("*.example.com:1", .domain("example.com", port: 1)),
      ("192.0.2.1:80", .host("192.0.2.1", port: 80)), ("[2001:DB8::1]:443", .host("2001:db8::1", port: 443)),
      ("[::1]", .host("::1", port: nil)), ("localhost", .host("localhost", port: nil)), ("tool:a.b-c", .tool("a.b-c")),
      ("", nil), ("*", nil), ("*.com", nil), ("*.", nil), ("*.*.a.com", nil), ("https://a.com", nil), ("a.com/x", nil),
      ("a.com:0", nil), ("a.com:65536", nil), ("a.com:+1", nil), ("a.com:", nil), ("a..com", nil), ("a.com.", nil),
      ("-a.com", nil), ("u@a.com", nil), ("a b", nil), ("[::1", nil), ("[a.com]", nil), ("::1", nil), ("tool:", nil),
      ("tool:a/b", nil), ("é.com", nil),
    ]
    for (text, binding) in expected { #expect(ToolSecret.Binding(text) == binding, "\(text)") }
  }

  @Test func aSecretGoesWhereItIsBound() {
    let secret = ToolSecret(
      name: "A", value: "v", bindings: ["api.a.com:8443", "*.b.com", "tool:x"].compactMap(ToolSecret.Binding.init))
    #expect(secret.isBound(toHost: "API.a.com", port: 8443) && !secret.isBound(toHost: "api.a.com", port: 443))
    #expect(secret.isBound(toHost: "x.y.b.com", port: 1) && !secret.isBound(toHost: "b.com", port: 443))
    #expect(!secret.isBound(toHost: "evilb.com", port: 443))
    #expect(!secret.isBound(toHost: "api.a.com.evil.com", port: 8443))
    #expect(secret.isBound(toTool: "x") && !secret.isBound(toTool: "y"))
    #expect("\(secret)" == "secret A")
  }
}
