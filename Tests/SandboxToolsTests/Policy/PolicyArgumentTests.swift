import SandboxCore
import SandboxTools
import Testing

@Suite struct PolicyArgumentTests {
  @Test(
    arguments: [
      ("/path", "^/etc/", ["path": "/etc/passwd"], true), ("/path", "^/etc/", ["path": "/home/etc/"], false),
      ("/path", "etc", ["path": "/home/etc/"], true), ("/path", "^", ["other": "x"], false),
      ("/path", "^null$", ["path": nil], true), ("/n", "^1$", ["n": 1], true), ("/n", "^1\\.5$", ["n": 1.5], true),
      ("/b", "^true$", ["b": true], true), ("/o", "^\\{\"a\":\\[1,\"x\"\\]\\}$", ["o": ["a": [1, "x"]]], true),
      ("/s", "^x$", ["s": "x"], true), ("/s", "^\"x\"$", ["s": "x"], false), ("/l/1", "^b$", ["l": ["a", "b"]], true),
      ("/l/2", "^", ["l": ["a", "b"]], false), ("/l/-", "^", ["l": ["a", "b"]], false),
      ("/a~1b", "^x$", ["a/b": "x"], true), ("/deep/er", "^x$", ["deep": ["er": "x"]], true),
      ("", "\"secret\"", ["any": ["where": "secret"]], true), ("/k\u{E9}", "x", ["ke\u{301}": "x"], false),
      ("/path", "^\u{E9}$", ["path": "e\u{301}"], false), ("/path", "^\\p{ASCII}*$", ["path": "\u{456}"], false),
    ] as [(String, String, JSONValue, Bool)])
  func patterns(_ pointer: String, pattern: String, arguments: JSONValue, isMatch: Bool) throws {
    let match: JSONValue = ["arguments": .object(JSONObject([(pointer, .string(pattern))]))]
    #expect(try Policy.only("deny", match).kind(.sample(), arguments) == (isMatch ? .deny : .allow))
    let allow = try Policy.only("allow", match)
    #expect(allow.kind(.sample(approval: .always), arguments) == (isMatch ? .allow : .ask))
  }

  @Test func allPointersMustHold() throws {
    let policy = try Policy.only("deny", ["arguments": ["/a": "1", "/b": "2"]])
    #expect(policy.kind(.sample(), ["a": "1", "b": "2"]) == .deny)
    #expect(policy.kind(.sample(), ["a": "1", "b": "1"]) == .allow)
    #expect(policy.kind(.sample(), ["a": "1"]) == .allow)
  }

  /// Too much work is no reason to let a call through.
  @Test func whatTakesTooLongFailsClosed() throws {
    let match: JSONValue = ["arguments": ["/text": "(?:a?){1000}b"]]
    let arguments: JSONValue = ["text": .string(String(repeating: "a", count: 200))]
    let deny = try Policy.only("deny", match)
    #expect(deny.decision(on: .sample(), arguments: arguments, work: 10_000).kind == .deny)
    #expect(deny.decision(on: .sample(), arguments: arguments, work: 10_000_000).kind == .allow)
    let allow = try Policy.only("allow", match)
    let text: JSONValue = ["text": .string(String(repeating: "a", count: 200) + "b")]
    #expect(allow.decision(on: .sample(approval: .always), arguments: text, work: 10_000).kind == .ask)
    #expect(allow.decision(on: .sample(approval: .always), arguments: text, work: 10_000_000).kind == .allow)
  }
}
