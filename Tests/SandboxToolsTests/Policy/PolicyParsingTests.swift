import Glibc
import SandboxCore
import SandboxTools
import Testing

@Suite struct PolicyParsingTests {
  private func problems(_ text: String) throws -> [String] {
    let value = try JSONValue(parsing: text)
    let error = try #require(throws: SandboxError.self) { try Policy(parsing: value) }
    #expect(error.code == .invalidArgument)
    #expect(error.message.count < 2_000)
    return try #require(error.cause as? PolicyProblems).problems.map(\.pointer.description)
  }

  private func rule(_ match: String) -> String {
    #"{"default": "deny", "rules": [{"id": "r", "match": \#(match), "action": "deny"}]}"#
  }

  @Test func everyMemberIsRead() throws {
    let policy = try Policy(
      parsing: JSONValue(
        parsing: #"""
          {"$schema": "policy.schema.json", "default": "allow", "rules": [{"id": "all-of-it", "match": {
            "tool": ["fetch*", "get_?"], "category": ["research", "session"], "effect": "unsafe",
            "approval": ["never", "always", "on-destructive"], "host": ["*.example.com", "[::1]", "10.0.0.1"],
            "arguments": {"/path": "^/etc/", "": "x", "/a~1b/0": "^1$"}, "costAbove": 0.05
          }, "action": "deny", "reason": "It is mine"}]}
          """#))
    let tool = ToolDefinition.sample(
      "get_x", effect: .unsafe, cost: Money(microdollars: 50_001), hosts: ["https://a.example.com"])
    #expect(policy.kind(tool, ["path": "/etc/x", "a/b": [1]]) == .deny)
    #expect(policy.kind(tool, ["path": "/etc/x", "a/b": [11]]) == .allow)
  }

  @Test func rulesMayBeMissing() throws {
    #expect(try Policy(parsing: ["default": "deny"]).kind(.sample()) == .deny)
    #expect(try Policy(parsing: ["default": "ask", "rules": []]).kind(.sample()) == .ask)
    #expect(try Policy(parsing: ["default": "allow"]).kind(.sample()) == .allow)
  }

  @Test(
    arguments: [
      ("[]", [""]), ("null", [""]), ("{}", ["/default"]), (#"{"default": "Allow"}"#, ["/default"]),
      (#"{"default": null}"#, ["/default"]), (#"{"default": "deny", "rules": {}}"#, ["/rules"]),
      (#"{"default": "deny", "rules": null}"#, ["/rules"]), (#"{"default": "deny", "rules": [1]}"#, ["/rules/0"]),
      (#"{"default": "deny", "rule": []}"#, ["/rule"]), (#"{"default": "deny", "a/b~c": 1}"#, ["/a~1b~0c"]),
      (#"{"default": "deny", "rules": [{}]}"#, ["/rules/0/id", "/rules/0/match", "/rules/0/action"]),
      (
        #"{"default": "x", "rules": [{"id": "a b", "match": [], "action": 1, "reason": "", "Reason": "y"}]}"#,
        [
          "/default", "/rules/0/Reason", "/rules/0/id", "/rules/0/match", "/rules/0/action", "/rules/0/reason",
        ]
      ),
      (
        #"""
        {"default": "deny", "rules": [{"id": "a", "match": {"tool": "*"}, "action": "deny"},
          {"id": "a", "match": {"tool": "*"}, "action": "deny"}]}
        """#, ["/rules/1/id"]
      ),
    ] as [(String, [String])])
  func everyProblemIsNamedWithItsPlace(_ text: String, pointers: [String]) throws {
    #expect(try problems(text) == pointers)
  }

  @Test(arguments: [
    ("{}", ""), (#"{"tools": "x"}"#, "/tools"), (#"{"tool": ""}"#, "/tool"), (#"{"tool": []}"#, "/tool"),
    (#"{"tool": ["a", 1]}"#, "/tool/1"), (#"{"tool": "wr\u0456te"}"#, "/tool"), (#"{"tool": null}"#, "/tool"),
    (#"{"category": "analysis"}"#, "/category"), (#"{"category": ["research", "x"]}"#, "/category/1"),
    (#"{"effect": "Pure"}"#, "/effect"), (#"{"effect": ["pure", "writes"]}"#, "/effect/1"),
    (#"{"approval": "on_destructive"}"#, "/approval"), (#"{"approval": true}"#, "/approval"),
    (#"{"arguments": {}}"#, "/arguments"), (#"{"arguments": "x"}"#, "/arguments"),
    (#"{"arguments": {"path": "x"}}"#, "/arguments/path"), (#"{"arguments": {"/~2": "x"}}"#, "/arguments/~1~02"),
    (#"{"arguments": {"/path": 1}}"#, "/arguments/~1path"), (#"{"arguments": {"/path": "("}}"#, "/arguments/~1path"),
    (#"{"arguments": {"/path": "(a)\\1"}}"#, "/arguments/~1path"), (#"{"costAbove": -1}"#, "/costAbove"),
    (#"{"costAbove": "1"}"#, "/costAbove"), (#"{"costAbove": 0.0000001}"#, "/costAbove"),
    (#"{"costAbove": 1e400}"#, "/costAbove"), (#"{"costAbove": null}"#, "/costAbove"),
    (#"{"host": "https://example.com"}"#, "/host"), (#"{"host": "example.com:80"}"#, "/host"),
    (#"{"host": "example.com/x"}"#, "/host"), (#"{"host": "m\u00fcnchen.de"}"#, "/host"),
    (#"{"host": "a b"}"#, "/host"),
    (#"{"host": ".example.com"}"#, "/host"), (#"{"host": "a..b"}"#, "/host"), (#"{"host": "127.1"}"#, "/host"),
    (#"{"host": "0x7f.0.0.1"}"#, "/host"), (#"{"host": "010.0.0.1"}"#, "/host"), (#"{"host": "2130706433"}"#, "/host"),
    (#"{"host": "[1.2.3.4]"}"#, "/host"), (#"{"host": "[::1"}"#, "/host"), (#"{"host": "::g"}"#, "/host"),
    (#"{"host": "user@example.com"}"#, "/host"), (#"{"host": "%65xample.com"}"#, "/host"),
    (#"{"host": "*.example.com:80"}"#, "/host"), (#"{"host": "."}"#, "/host"), (#"{"host": ["a", ".."]}"#, "/host/1"),
  ])
  func aMatchThatCannotBeMeantIsRefused(_ match: String, pointer: String) throws {
    #expect(try problems(rule(match)) == ["/rules/0/match\(pointer)"])
  }

  @Test func aBadPolicyIsNamedInOneLine() throws {
    let error = try #require(throws: SandboxError.self) {
      try Policy(parsing: ["default": "no", "rules": [[:], ["\n\u{1B}": 1]]])
    }
    #expect(
      error.message == """
        the policy is not usable: /default: "no" is not known; it must be one of allow, deny, ask; /rules/0/id: is \
        missing; /rules/0/match: is missing; and 5 more
        """)
  }

  @Test func sizesAreBounded() throws {
    func policy(_ count: Int, _ match: JSONValue) -> JSONValue {
      let rules = (0..<count).map { ["id": .string("r\($0)"), "match": match, "action": "deny"] as JSONValue }
      return ["default": "allow", "rules": .array(rules)]
    }
    _ = try Policy(parsing: policy(1_000, ["tool": "x"]))
    #expect(try problems(policy(1_001, ["tool": "x"]).text()) == ["/rules"])
    #expect(
      try problems(policy(30, ["arguments": ["/a": "a{9990}"]]).text()) == ["/rules/20/match/arguments/~1a"])
    #expect(try problems(policy(1_000, ["costAbove": -1]).text()).count == PolicyProblems.maximum)
    let long: JSONValue = ["default": "deny", String(repeating: "x", count: 1_000): 1]
    #expect(try problems(long.text()).first?.count == 102)
  }

  @Test func readsAFile() throws {
    var template = Array("/tmp/policy-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    let text = #"{"default": "ask"}"#
    #expect(write(descriptor, text, text.utf8.count) == text.utf8.count)
    close(descriptor)
    #expect(try Policy(file: path).kind(.sample()) == .ask)
    for bad in ["/nonexistent/policy.json", "/tmp", "/dev/null"] {
      let error = try #require(throws: SandboxError.self) { try Policy(file: bad) }
      #expect(error.code == .invalidArgument)
      #expect(error.message.hasPrefix("the policy file \(bad) "))
    }
  }
}
