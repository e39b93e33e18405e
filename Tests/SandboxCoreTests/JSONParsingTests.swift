import SandboxCore
import Testing

@Suite struct JSONParsingTests {
  private func message(_ text: String, limits: JSONLimits = .default) -> String? {
    do throws(SandboxError) {
      _ = try JSONValue(parsing: text, limits: limits)
      return nil
    } catch {
      return error.code == .invalidArgument ? error.message : "wrong code \(error.code)"
    }
  }

  @Test func readsEveryKindOfValue() throws {
    let text = """
       \t{ "null" : null, "yes":true,"no":false , "int": -12, "double": 2.5e3,\r
      "text": "a\\"b\\\\c\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00é😀", "list": [1, [ ], {}], "": "" } \n
      """
    let value = try JSONValue(parsing: text)
    #expect(
      value == [
        "null": nil, "yes": true, "no": false, "int": -12, "double": 2500.0,
        "text": "a\"b\\c/\u{8}\u{c}\n\r\té😀é😀", "list": [1, [], [:]], "": "",
      ])
    #expect(value.objectValue?.keys == ["null", "yes", "no", "int", "double", "text", "list", ""])
    #expect(try JSONValue(parsing: Array(text.utf8)) == value)
    #expect(try JSONValue(parsing: AnyCollection(text.utf8)) == value)
    #expect(try JSONValue(parsing: Array(text.utf8)[...]) == value)
    #expect(try Array(text.utf8).withUnsafeBytes { try JSONValue(parsing: $0) } == value)
  }

  @Test(
    arguments: [
      ("7", .int(7)), ("null", .null), ("\"x\"", .string("x")), (" [] ", .array([])), ("\"\\u0000\"", .string("\0")),
      ("\"\u{7F}\u{2028}\"", .string("\u{7F}\u{2028}")),
    ] as [(String, JSONValue)])
  func readsScalarsAtTheRoot(text: String, value: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == value)
  }

  @Test(arguments: [
    "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1,,2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
    "{,}",
    "{a:1}", "{'a':1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "[1}", "tru", "True", "nul", "nulll",
    "truefalse",
    "1 2", "[] []", "{} x", "NaN", "Infinity", "-Infinity", "-", "+1", "01", "-01", "00", ".5", "1.", "1.e1", "1e",
    "1e+",
    "0x10", "1_000", "1..2", "--1", "1e1.5", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\U0041\"",
    "\"a\nb\"", "\"a\tb\"", "\"a\0b\"", "\"\u{1F}\"", "'a'", "// x\n1", "/* x */ 1", "[1] // x", "\u{a0}1", "\u{0c}1",
    "1\0",
    "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\n\"", "\"\\ude00\\ud83d\"",
  ])
  func refusesWhatIsNotJSON(text: String) {
    let message = message(text)
    #expect(message?.hasPrefix("not valid JSON at line ") == true, "accepted \(text.debugDescription)")
    #expect(message?.contains("\n") == false)
  }

  @Test func namesLineColumnAndReason() {
    #expect(
      message("{\n  \"é\": 1,\n  \"ü\": x\n}") == "not valid JSON at line 3, column 8: expected a value, found \"x\"")
    #expect(
      message("[1, 2") == "not valid JSON at line 1, column 6: expected \",\" or \"]\", found the end of the text")
    #expect(message("[1] 2")?.hasSuffix("unexpected \"2\" after the end of the value") == true)
    #expect(message("007") == "not valid JSON at line 1, column 1: a number must not begin with 0")
    #expect(
      message("\"\\ud800\"")
        == "not valid JSON at line 1, column 2: a surrogate escape without its other half is not a character")
    #expect(
      message("[\"ab\ncd\"]")?.contains("line 1, column 5: a control character in a string must be escaped") == true)
  }

  @Test func refusesAByteOrderMark() {
    #expect(message("\u{FEFF}{}")?.contains("byte order mark") == true)
  }

  @Test func refusesDuplicateKeysByName() throws {
    #expect(
      message("{\"a\":1,\n \"b\\n\":2, \"b\\u000a\":3}")
        == "not valid JSON at line 2, column 11: the key \"b\\n\" occurs twice in an object")
    let members = (0..<100).map { "\"k\($0)\":\($0)" }
    #expect(try JSONValue(parsing: "{" + members.joined(separator: ",") + "}").objectValue?.count == 100)
    #expect(
      message("{" + (members + ["\"k3\":0"]).joined(separator: ",") + "}")?.contains("\"k3\" occurs twice") == true)
    #expect(
      message("{" + (members + ["\"k99\":0"]).joined(separator: ",") + "}")?.contains("\"k99\" occurs twice") == true)
  }

  @Test func tellsCanonicallyEquivalentKeysApart() throws {
    let value = try JSONValue(parsing: "{\"\u{e9}\":1,\"e\u{301}\":2}")
    #expect(value.objectValue?.count == 2)
    #expect(value["\u{e9}"] == 1)
    #expect(value["e\u{301}"] == 2)
    #expect(JSONValue.string("\u{e9}") != JSONValue.string("e\u{301}"))
  }

  @Test(
    arguments: [
      [0xFF], [0xC3], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
      [0xF0, 0x90, 0x80],
    ] as [[UInt8]])
  func refusesInvalidUTF8(bytes: [UInt8]) {
    for prefix in ["[\"abc", "[\"a\\n"] {
      do throws(SandboxError) {
        _ = try JSONValue(parsing: Array(prefix.utf8) + bytes + Array("\"]".utf8))
        Issue.record("accepted \(bytes)")
      } catch {
        #expect(error.code == .invalidArgument)
        #expect(error.message.hasPrefix("not valid JSON at line 1, column "))
        #expect(error.message.hasSuffix("the text is not valid UTF-8"))
      }
    }
    #expect(throws: SandboxError.self) { try JSONValue(parsing: bytes) }
  }

  @Test func pointsAtTheFirstByteThatIsNotUTF8() {
    #expect {
      try JSONValue(parsing: Array("[\"é".utf8) + [0xFF] + Array("\"]".utf8))
    } throws: { ($0 as? SandboxError)?.message == "not valid JSON at line 1, column 4: the text is not valid UTF-8" }
  }

  @Test(arguments: [("[", "]"), ("{\"a\":", "}")])
  func boundsDepth(open: String, close: String) throws {
    func nested(_ depth: Int) -> String {
      String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
    }
    #expect(message(nested(256)) == nil)
    #expect(message(nested(257))?.hasSuffix("more than 256 arrays and objects are inside one another") == true)
    #expect(message(nested(100_000))?.contains("more than 256") == true)
    #expect(message(String(repeating: open, count: 100_000))?.contains("more than 256") == true)
    #expect(message(nested(3), limits: JSONLimits(depth: 3)) == nil)
    #expect(message(nested(4), limits: JSONLimits(depth: 3)) != nil)
    #expect(message(nested(100_000), limits: JSONLimits(depth: .max))?.contains("more than 1000 ") == true)
    #expect(message("1", limits: JSONLimits(depth: 0)) == nil)
    #expect(message("[]", limits: JSONLimits(depth: 0)) != nil)
    #expect(message("[" + Array(repeating: "[]", count: 1_000).joined(separator: ",") + "]") == nil)
  }

  @Test func boundsSize() {
    #expect(message("[1,2]", limits: JSONLimits(size: 5)) == nil)
    #expect(message("[1,2] ", limits: JSONLimits(size: 5)) == "JSON text of 6 bytes is larger than the limit of 5")
    #expect(JSONLimits.default.size == 64 * 1_024 * 1_024)
  }

  @Test func findsTheEndOfAStringAtEveryOffset() throws {
    for count in 0..<40 {
      let plain = String(repeating: "x", count: count)
      for (escaped, raw) in [("", ""), ("\\n", "\n"), ("\\\"", "\""), ("é", "é"), ("\\u00e9", "é")] {
        #expect(try JSONValue(parsing: "[\"\(plain)\(escaped)\(plain)\"]") == [.string(plain + raw + plain)])
      }
      #expect(message("\"\(plain)\u{1}\(plain)\"")?.contains("column \(count + 2): a control character") == true)
    }
  }
}
