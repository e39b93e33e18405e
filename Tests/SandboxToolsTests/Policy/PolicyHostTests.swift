import SandboxCore
import SandboxTools
import Testing

@Suite struct PolicyHostTests {
  private let asking = ToolDefinition.sample(approval: .always)

  /// With what a rule that denies and one that allows make of it; what the latter does not cover is asked for.
  @Test(arguments: [
    ("example.com", "https://example.com/x", true, true), ("example.com", "HTTPS://EXAMPLE.com", true, true),
    ("EXAMPLE.com", "http://example.com:8080/x?y#z", true, true), ("example.com", "https://example.com./x", true, true),
    ("example.com.", "https://example.com/x", true, true), ("example.com", "https://example.com?x", true, true),
    ("example.com", "https://example.org/example.com", false, false),
    ("example.com", "https://www.example.com", false, false),
    ("example.com", "https://example.com.evil.org", false, false),
    ("*.example.com", "https://www.example.com", true, true), ("*.example.com", "https://a.b.example.com", true, true),
    ("*.example.com", "https://example.com", false, false), ("*.example.com", "https://badexample.com", false, false),
    ("*.example.com", "https://evil.org/.example.com", false, false), ("*", "https://example.com", true, true),
    ("ex?mple.com", "https://example.com", true, true),
    // Nobody can be sure where these lead.
    ("example.com", "https://example.com@evil.org/", true, false),
    ("evil.org", "https://evil.org@example.com/", true, false),
    ("other.org", "https://user:password@example.com/", true, false),
    ("other.org", "https://%65xample.com/", true, false),
    ("other.org", "https://example%2ecom", true, false), ("other.org", "//example.com", true, false),
    ("other.org", "example.com", true, false), ("other.org", "ftp://example.com/", true, false),
    ("other.org", "file:///etc/passwd", true, false), ("other.org", "", true, false),
    ("other.org", "https://", true, false),
    ("other.org", " https://example.com", true, false), ("other.org", "https://example.com:99999/", true, false),
    ("other.org", "https://example.com:80:80/", true, false), ("other.org", "https://exa\u{456}mple.com/", true, false),
    ("other.org", "https://example\u{3002}com/", true, false),
    ("other.org", "https://example.com\\@other.org/", true, false),
    ("other.org", "https://exam\u{0}ple.com/", true, false), ("other.org", "https:\\\\example.com", true, false),
    ("other.org", "https:/example.com", true, false), ("other.org", "h\u{74}tps:\u{0A}//example.com", true, false),
    ("127.0.0.1", "http://127.1/", true, false), ("127.0.0.1", "http://2130706433/", true, false),
    ("127.0.0.1", "http://0x7f000001/", true, false), ("127.0.0.1", "http://0177.0.0.1/", true, false),
    ("127.0.0.1", "http://127.0.0.0x1/", true, false), ("127.0.0.1", "http://[::ffff:127.0.0.1]/", true, true),
    ("127.0.0.1", "http://[::ffff:7f00:1]:80/", true, true), ("127.0.0.1", "http://127.0.0.1:81/", true, true),
    ("127.0.0.1", "http://127.0.0.2/", false, false), ("169.254.*", "http://169.254.169.254/latest", true, true),
    ("[::1]", "http://[0:0:0:0:0:0:0:1]/", true, true), ("::1", "http://[::1]:8080/", true, true),
    ("[2001:DB8::1]", "http://[2001:0db8:0:0::1]", true, true), ("[::1]", "http://[::2]/", false, false),
    ("[::1]", "http://[::1%25eth0]/", true, false), ("[::1]", "http://[1.2.3.4]/", true, false),
    ("fe80::*", "http://[fe80:0::1]/", true, true), ("[::1]", "http://::1/", true, false),
    ("xn--mnchen-3ya.de", "https://XN--mnchen-3ya.de", true, true),
  ])
  func urlsInArguments(_ pattern: String, url: String, denies: Bool, allows: Bool) throws {
    let match: JSONValue = ["host": .string(pattern)]
    let arguments: JSONValue = ["url": .string(url)]
    #expect(try Policy.only("deny", match).kind(.sample(), arguments) == (denies ? .deny : .allow))
    #expect(try Policy.only("ask", match).kind(.sample(), arguments) == (denies ? .ask : .allow))
    #expect(try Policy.only("allow", match).kind(asking, arguments) == (allows ? .allow : .ask))
  }

  @Test(
    arguments: [
      ["uri": "https://bad.org"], ["URL": "https://bad.org"], ["Urls": ["https://good.org", "https://bad.org"]],
      ["request": ["url": "https://bad.org"]], ["list": [["uri": "https://bad.org"]]], ["uris": [["https://bad.org"]]],
      ["url": "https://good.org", "uri": "https://bad.org"],
    ] as [JSONValue])
  func wherever(_ arguments: JSONValue) throws {
    #expect(try Policy.only("deny", ["host": "bad.org"]).kind(.sample(), arguments) == .deny)
    #expect(try Policy.only("deny", ["host": "worse.org"]).kind(.sample(), arguments) == .allow)
    #expect(try Policy.only("allow", ["host": "good.org"]).kind(asking, arguments) == .ask)
    #expect(try Policy.only("allow", ["host": "*.org"]).kind(asking, arguments) == .allow)
    #expect(try Policy.only("allow", ["host": ["good.org", "bad.org"]]).kind(asking, arguments) == .allow)
  }

  @Test(
    arguments: [
      [:], ["link": "https://bad.org"], ["url": 1], ["url": nil], ["url": ["other": "https://bad.org"]],
      ["urlx": "https://bad.org"], ["\u{FF55}rl": "https://bad.org"],
    ] as [JSONValue])
  func nothingThatIsAHost(_ arguments: JSONValue) throws {
    #expect(try Policy.only("deny", ["host": "*"]).kind(.sample(), arguments) == .allow)
    #expect(try Policy.only("allow", ["host": "*"]).kind(asking, arguments) == .ask)
  }

  @Test func hostsOfTheDefinition() throws {
    let deny = try Policy.only("deny", ["host": "api.example.com"])
    #expect(deny.kind(.sample(hosts: ["https://API.example.com/v1/{id}?a=b"])) == .deny)
    #expect(deny.kind(.sample(hosts: ["https://other.org", "https://api.example.com"])) == .deny)
    #expect(deny.kind(.sample(hosts: ["https://other.org"])) == .allow)
    #expect(deny.kind(.sample(hosts: ["nonsense"])) == .deny)
    let allow = try Policy.only("allow", ["host": "*.example.com"])
    let tool = ToolDefinition.sample(approval: .always, hosts: ["https://a.example.com", "https://b.example.com"])
    #expect(allow.kind(tool) == .allow)
    #expect(allow.kind(tool, ["url": "https://other.org"]) == .ask)
    #expect(allow.kind(asking) == .ask)
  }

  @Test func manyURLsAreMoreThanOneCanBeSureOf() throws {
    let urls = JSONValue.array(Array(repeating: "https://good.org", count: 1_001))
    #expect(try Policy.only("deny", ["host": "bad.org"]).kind(.sample(), ["urls": urls]) == .deny)
    #expect(try Policy.only("allow", ["host": "good.org"]).kind(asking, ["urls": urls]) == .ask)
  }
}
