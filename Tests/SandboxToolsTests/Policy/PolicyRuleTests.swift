import SandboxCore
import SandboxTools
import Testing

@Suite struct PolicyRuleTests {
  @Test func withoutRulesTheManifestDecides() {
    let policy = Policy.manifestsOnly
    #expect(policy.kind(.sample(effect: .unsafe)) == .allow)
    #expect(policy.kind(.sample(approval: .always)) == .ask)
    #expect(policy.kind(.sample(effect: .pure, approval: .onDestructive)) == .allow)
    #expect(policy.kind(.sample(effect: .idempotent, approval: .onDestructive)) == .ask)
  }

  @Test func defaults() throws {
    for approval in ToolApproval.allCases {
      #expect(try Policy(parsing: ["default": "deny"]).kind(.sample(approval: approval)) == .deny)
      #expect(try Policy(parsing: ["default": "ask"]).kind(.sample(approval: approval)) == .ask)
    }
    #expect(try Policy(parsing: ["default": "allow"]).kind(.sample(approval: .always)) == .ask)
  }

  @Test func theFirstRuleThatMatchesDecides() throws {
    let policy = try Policy(
      parsing: [
        "default": "deny",
        "rules": [
          ["id": "1", "match": ["tool": "read_secret"], "action": "ask"],
          ["id": "2", "match": ["tool": "read_*"], "action": "allow"],
          ["id": "3", "match": ["tool": "*"], "action": "ask"],
          ["id": "4", "match": ["tool": "write"], "action": "allow"],
        ],
      ])
    #expect(policy.kind(.sample("read_secret")) == .ask)
    #expect(policy.kind(.sample("read_file")) == .allow)
    #expect(policy.kind(.sample("write")) == .ask)
  }

  @Test func anAllowStandsAboveTheManifest() throws {
    let policy = try Policy.only("allow", ["tool": "fetch"])
    #expect(policy.kind(.sample("fetch", approval: .always)) == .allow)
    #expect(policy.kind(.sample("other", approval: .always)) == .ask)
  }

  @Test func allMembersMustHold() throws {
    let policy = try Policy.only(
      "deny", ["tool": "a*", "category": "content", "effect": ["unsafe", "keyed"], "costAbove": 1])
    let cost = Money(microdollars: 1_000_001)
    #expect(policy.kind(.sample("a", category: "content", effect: .keyed, cost: cost)) == .deny)
    #expect(policy.kind(.sample("b", category: "content", effect: .keyed, cost: cost)) == .allow)
    #expect(policy.kind(.sample("a", category: "research", effect: .keyed, cost: cost)) == .allow)
    #expect(policy.kind(.sample("a", category: "content", effect: .pure, cost: cost)) == .allow)
    #expect(
      policy.kind(.sample("a", category: "content", effect: .keyed, cost: Money(microdollars: 1_000_000))) == .allow)
  }

  @Test func approvalAndCategory() throws {
    #expect(try Policy.only("deny", ["approval": "always"]).kind(.sample(approval: .always)) == .deny)
    #expect(try Policy.only("deny", ["approval": "always"]).kind(.sample(approval: .never)) == .allow)
    #expect(try Policy.only("deny", ["category": ["session", "content"]]).kind(.sample(category: "session")) == .deny)
    #expect(try Policy.only("deny", ["costAbove": 0]).kind(.sample(cost: Money(microdollars: 1))) == .deny)
    #expect(try Policy.only("deny", ["costAbove": 0]).kind(.sample()) == .allow)
  }

  @Test(arguments: [
    ("fetch", "fetch", true), ("fetch", "fetch2", false), ("fetch", "xfetch", false), ("*", "anything", true),
    ("f*h", "fetch", true), ("f*h", "fh", true), ("f*h", "fhx", false), ("f?tch", "fetch", true),
    ("f?tch", "ftch", false), ("*e*c*", "fetch", true), ("*e*e*", "fetch", false), ("fetch*", "fetch", true),
    ("**a**b", "xxaxxb", true), ("[f]etch", "fetch", false), ("f.tch", "fetch", false),
  ])
  func toolPatterns(_ pattern: String, id: String, isMatch: Bool) throws {
    #expect(try Policy.only("deny", ["tool": .string(pattern)]).kind(.sample(id)) == (isMatch ? .deny : .allow))
    let allow = try Policy.only("allow", ["tool": .string(pattern)])
    #expect(allow.kind(.sample(id, approval: .always)) == (isMatch ? .allow : .ask))
  }

  @Test func prohibitionsHoldForNamesAndWhateverTheCase() throws {
    for action in ["deny", "ask"] {
      let policy = try Policy.only(action, ["tool": "write_*"])
      #expect(policy.kind(.sample("Write_File")) != .allow)
      #expect(policy.kind(.sample("x1", name: "WRITE_file")) != .allow)
      #expect(policy.kind(.sample("write-file")) == .allow)
    }
    // The bit that tells cases apart also tells others apart.
    #expect(try Policy.only("deny", ["tool": "a@b"]).kind(.sample("a`b")) == .allow)
  }

  @Test func permissionsAreForTheExactIDOnly() throws {
    let policy = try Policy.only("allow", ["tool": "read_file"])
    #expect(policy.kind(.sample("read_file", approval: .always)) == .allow)
    #expect(policy.kind(.sample("Read_File", approval: .always)) == .ask)
    #expect(policy.kind(.sample("evil", name: "read_file", approval: .always)) == .ask)
  }

  /// Cyrillic, full width, a zero-width space, a combining accent, the Kelvin sign, a right-to-left override, a NUL.
  @Test(arguments: [
    "wr\u{456}te", "\u{FF57}rite", "wri\u{200B}te", "write\u{301}", "wor\u{212A}", "\u{202E}etirw", "write\0",
  ])
  func namesInOtherScriptsFailClosed(_ name: String) throws {
    #expect(try Policy.only("deny", ["tool": "write"]).kind(.sample("a", name: name)) == .deny)
    #expect(try Policy.only("ask", ["tool": "write"]).kind(.sample(name)) == .ask)
    #expect(try Policy.only("allow", ["tool": "wr?te"]).kind(.sample(name, approval: .always)) == .ask)
    #expect(try Policy.only("allow", ["tool": "work"]).kind(.sample(name, approval: .always)) == .ask)
  }

  @Test func hostilePatternsOfNamesTakeLittleTime() throws {
    let pattern = String(repeating: "*a", count: 2_000) + "b"
    let policy = try Policy.only("deny", ["tool": .string(pattern)])
    #expect(policy.kind(.sample(String(repeating: "a", count: 5_000))) == .allow)
  }

  @Test func theModelReadsRuleReasonAndWhatElseItMayDo() throws {
    func reason(_ action: String, _ match: JSONValue, _ reason: JSONValue?) throws -> String? {
      var rule: JSONObject = ["id": "no-etc", "match": match, "action": .string(action)]
      rule["reason"] = reason
      return try Policy(parsing: ["default": "allow", "rules": [.object(rule)]])
        .decision(on: .sample(hosts: ["https://example.com"]), arguments: ["path": "/etc/passwd"]).reason
    }
    #expect(
      try reason("deny", ["arguments": ["/path": "^/etc"]], "system files are private") == """
        rule "no-etc" of the session's policy forbids it: system files are private. Use other arguments or another \
        tool, or go on without it.
        """)
    #expect(
      try reason("ask", ["host": "example.com"], "Costs money!") == """
        rule "no-etc" of the session's policy asks for it: Costs money! Use another host or another tool, or go on \
        without it.
        """)
    #expect(
      try reason("deny", ["tool": "*"], nil) == """
        rule "no-etc" of the session's policy forbids it. Use another tool, or go on without it.
        """)
    #expect(try reason("deny", ["tool": "*"], "a\nb\u{1B}")?.contains("forbids it: a b . ") == true)
    #expect(
      try Policy(parsing: ["default": "deny"]).decision(on: .sample(), arguments: [:])
        == .deny("no rule of the session's policy allows this call. Use another tool, or go on without it."))
  }
}
