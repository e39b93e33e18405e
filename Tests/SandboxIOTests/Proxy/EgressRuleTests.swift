import SandboxCore
import Testing

@testable import SandboxIO

@Suite("Hosts that a tool may reach")
struct EgressRuleTests {
  @Test(
    "what an entry allows",
    arguments: [
      (
        "api.example.com", ["api.example.com:443", "API.example.com.:80"],
        ["example.com:443", "x.api.example.com:443", "api.example.com:8080", "api.example.org:443"]
      ),
      ("Api.Example.com.", ["api.example.com:443"], ["b.example.com:443"]),
      (
        "*.example.com", ["a.example.com:443", "a.b.example.com:80"],
        ["example.com:443", "badexample.com:443", "a.example.com:22", "a.example.com.evil.org:443"]
      ),
      ("*.example.com:8443", ["a.example.com:8443"], ["a.example.com:443", "example.com:8443"]),
      ("api.example.com:8443", ["api.example.com:8443"], ["api.example.com:443", "api.example.com:80"]),
      ("192.0.2.1", ["192.0.2.1:443", "0xC0000201:80", "[::ffff:192.0.2.1]:443"], ["192.0.2.2:443", "192.0.2.1:81"]),
      ("[2001:db8::1]", ["[2001:DB8:0::1]:443"], ["[2001:db8::2]:443"]),
      ("2001:db8::1", ["[2001:db8::1]:80"], []),
      ("[2001:db8::1]:8443", ["[2001:db8::1]:8443"], ["[2001:db8::1]:443"]),
      ("database", ["database:80"], ["database.example.com:80"]),
      ("_x.a-b.xn--bcher-kva.example", ["_x.a-b.xn--bcher-kva.example:443"], []),
    ] as [(String, [String], [String])])
  func allows(entry: String, allowed: [String], refused: [String]) throws {
    let rule = try EgressRule(entry)
    for authority in allowed { #expect(rule.allows(try EgressDestination(authority: authority)), "\(authority)") }
    for authority in refused { #expect(!rule.allows(try EgressDestination(authority: authority)), "\(authority)") }
  }

  @Test("an address is matched by no pattern of names", arguments: ["1.2.3.4:80", "16909060:80", "[::1]:80"])
  func addresses(authority: String) throws {
    for entry in ["*.example.com", "example.com", "4.example"] {
      #expect(!(try EgressRule(entry).allows(try EgressDestination(authority: authority))))
    }
  }

  @Test(
    "entries that are none",
    arguments: [
      ("", "empty"), ("*", "everything"), ("*:443", "everything"), ("*.com", "two labels"), ("*.", "first label"),
      ("*..x", "neither"),
      ("https://example.com", "scheme"), ("example.com/x", "path"), ("10.0.0.0/8", "path"),
      ("a@example.com", "credentials"),
      ("a b", "characters"), ("bücher.example", "ASCII"), ("a.*.com", "first label"), ("a*.com", "first label"),
      ("*.*.com", "first label"), ("example.com:", "port"), ("example.com:0", "port"), ("example.com:65536", "port"),
      ("example.com:https", "port"), ("example.com:443:1", "address"), ("[example.com]", "address"), ("[::1", "port"),
      ("1.2.3", "spelling"), ("0x7f.1", "spelling"), ("a.0x1", "spelling"), ("*.0.0.1", "spelling"),
      ("..", "neither"), ("-a.example", "neither"), ("a..b", "neither"), ("\r\nx", "characters"),
      ("[fe80::1%lo]", "address"),
    ])
  func invalid(entry: String, problem: String) {
    let error = #expect(throws: SandboxError.self) { try EgressRule(entry) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains(problem) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("\n") == false)
  }

  @Test(
    "targets of CONNECT that are none",
    arguments: [
      "example.com", "example.com:", "example.com:0", ":443", "http://example.com:443", "a@example.com:443", "/",
      "example.com:443/", "example.com:443?x", "example.com:443#x", "::1:443x", "[::1]", "exa\\mple.com:443",
      "a..b:443",
    ])
  func badTargets(authority: String) {
    #expect(throws: EgressRefusal.self) { try EgressDestination(authority: authority) }
  }
}
