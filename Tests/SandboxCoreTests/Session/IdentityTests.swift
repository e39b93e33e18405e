import SandboxCore
import Testing

@Suite struct IdentityTests {
  @Test(arguments: [
    "a", "Z9", "session-1", "a.b_c-d", "...", ".a", "..a", "-", "_", String(repeating: "x", count: 128),
  ])
  func acceptsNames(text: String) {
    #expect(NameGrammar.problem(in: text) == nil)
  }

  @Test(arguments: [
    ("", "is empty"), (".", "is not a name"), ("..", "is not a name"),
    (String(repeating: "x", count: 129), "is longer than 128 characters"),
    ("a/b", "contains characters other than A-Z a-z 0-9 . _ -"), ("../x", "contains"), ("a b", "contains"),
    ("a\n", "contains"), ("a\0", "contains"), ("ä", "contains"), ("٣", "contains"), ("a\\b", "contains"),
    ("a:b", "contains"), ("\u{202E}a", "contains"),
  ])
  func refusesEverythingElse(text: String, problem: String) {
    #expect(NameGrammar.problem(in: text)?.hasPrefix(problem) == true)
  }

  @Test func identifiersArePlainStringsOnTheWire() throws {
    #expect(try JSONValue.encoding([TaskID("root.1"): CallID("root.1/2.0")]) == ["root.1": "root.1/2.0"])
    #expect(try (["root.1": "x"] as JSONValue).decode([TaskID: CallID].self) == [TaskID("root.1"): CallID("x")])
    #expect(TaskID.root.description == "root" && AgentID.meta.rawValue == "meta")
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (1, "1970-01-01T00:00:00.001Z"),
    (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
    (978_307_199_999, "2000-12-31T23:59:59.999Z"), (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
    (1_740_787_200_000, "2025-03-01T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    (4_107_456_000_000, "2100-02-28T00:00:00.000Z"), (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"),
    (-11_670_998_400_000, "1600-02-29T00:00:00.000Z"), (1_795_269_909_123, "2026-11-21T14:05:09.123Z"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
  ])
  func writesKnownTimes(milliseconds: Int64, text: String) {
    #expect(Timestamp.iso8601(milliseconds: milliseconds) == text)
  }

  @Test func survivesAbsurdTimes() {
    #expect(Timestamp.iso8601(milliseconds: .max).hasSuffix("Z"))
    #expect(Timestamp.iso8601(milliseconds: .min).hasSuffix("Z"))
    #expect(Duration.seconds(Int64.max).milliseconds == .max)
    #expect(Duration.seconds(Int64.min).milliseconds == .min)
    #expect(Duration.microseconds(1_999).milliseconds == 1)
  }
}
