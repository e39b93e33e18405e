import SandboxTestKit
import SandboxCore
import Testing

@Suite struct JSONNumberTests {
  @Test(
    arguments: [
      ("0", .int(0)), ("-0", .int(0)), ("-1", .int(-1)), ("9223372036854775807", .int(.max)),
      ("-9223372036854775808", .int(.min)), ("9223372036854775808", .decimal("9223372036854775808")),
      ("-9223372036854775809", .decimal("-9223372036854775809")),
      ("18446744073709551616", .decimal("18446744073709551616")),
      ("99999999999999999999", .decimal("99999999999999999999")),
      ("10000000000000000000000", .decimal("10000000000000000000000")),
      ("123456789012345678901234567890", .decimal("123456789012345678901234567890")),
      ("1e22", .double(1e22)), ("1.0", .double(1)), ("-0.0", .double(-0.0)), ("0e99999999999999999999", .double(0)),
      ("-0e-5", .double(-0.0)),
      ("1e5", .double(100_000)), ("1E+5", .double(100_000)), ("1e-5", .double(0.00001)), ("0.1", .double(0.1)),
      ("0.30000000000000004", .double(0.30000000000000004)),
      ("0.3000000000000000444", .decimal("0.3000000000000000444")),
      ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)), ("1e400", .decimal("1e400")),
      ("-1e400", .decimal("-1e400")), ("1e-400", .decimal("1e-400")), ("5e-324", .double(.leastNonzeroMagnitude)),
      ("4e-324", .decimal("4e-324")), ("2.2250738585072014e-308", .double(.leastNormalMagnitude)),
      ("1.00000000000000000000000000", .double(1)), ("9007199254740993.0", .decimal("9007199254740993.0")),
      ("9007199254740992.0", .double(9007199254740992)), ("123456789012345e22", .double(123456789012345e22)),
      ("0.000000000000000000000000000001", .double(1e-30)),
      ("1e99999999999999999999", .decimal("1e99999999999999999999")),
      ("1.8014398509481984e16", .double(18014398509481984)), ("72057594037927945e0", .decimal("72057594037927945e0")),
    ] as [(String, JSONValue)])
  func keepsNumbersExactly(literal: String, expected: JSONValue) throws {
    let value = try JSONValue(parsing: literal)
    #expect(value == expected)
    #expect(try JSONValue(parsing: value.text()) == value)
    #expect(try JSONValue(parsing: "[\(literal)]").text() == "[\(value.text())]")
  }

  @Test func agreesWithTheStandardLibraryOnDoubles() throws {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<5_000 {
      let double = Double(bitPattern: random.next())
      guard double.isFinite else { continue }
      let text = double.description
      let parsed = try JSONValue(parsing: text)
      #expect(parsed == .double(double))
      #expect(parsed.text() == text)
    }
    for _ in 0..<5_000 {
      let literal = "\(random.next() % 1_000_000).\(random.next() % 10_000_000)e\(Int(random.next() % 40) - 20)"
      #expect(try JSONValue(parsing: literal).doubleValue == Double(literal), "\(literal)")
    }
  }

  @Test func survivesHugeLiterals() throws {
    let digits = String(repeating: "7", count: 1_000_000)
    for literal in [digits, "0." + digits, digits + "e-1000000", "1e" + digits, "-" + digits + "." + digits] {
      let value = try JSONValue(parsing: literal)
      #expect(value == .decimal(literal))
      #expect(value.text() == literal)
    }
  }

  @Test func writesDoublesAsDoubles() {
    #expect(JSONValue.double(1).text() == "1.0")
    #expect(JSONValue.double(-0.0).text() == "-0.0")
    #expect(JSONValue.double(1e22).text() == "1e+22")
    #expect(
      JSONValue.array([.double(.nan), .double(.infinity), .decimal("x"), .decimal("1e400")]).text()
        == "[null,null,null,1e400]")
    #expect(JSONValue.int(.min).text() == "-9223372036854775808")
  }

  @Test func givesIntegersOnlyExactly() {
    #expect(JSONValue.int(5).intValue == 5)
    #expect(JSONValue.double(5).intValue == 5)
    #expect(JSONValue.double(-0.0).intValue == 0)
    #expect(JSONValue.double(5.5).intValue == nil)
    #expect(JSONValue.double(1e300).intValue == nil)
    #expect(JSONValue.double(.nan).intValue == nil)
    #expect(JSONValue.double(-.infinity).intValue == nil)
    #expect(JSONValue.double(9223372036854775808).intValue == nil)
    #expect(JSONValue.double(1e16).intValue == 10_000_000_000_000_000)
    // 2^60 is written as 1.152921504606847e+18, which is another integer.
    #expect(JSONValue.double(0x1p60).intValue == nil)
    #expect(JSONValue.decimal("9007199254740993.0").intValue == 9_007_199_254_740_993)
    #expect(JSONValue.decimal("9223372036854775808").intValue == nil)
    #expect(JSONValue.decimal("1e400").intValue == nil)
    #expect(JSONValue.decimal("junk").intValue == nil)
    #expect(JSONValue.string("5").intValue == nil)
  }

  @Test func givesDoubles() {
    #expect(JSONValue.int(5).doubleValue == 5)
    #expect(JSONValue.double(0.5).doubleValue == 0.5)
    #expect(JSONValue.decimal("9223372036854775808").doubleValue == 0x1p63)
    #expect(JSONValue.decimal("1e400").doubleValue == nil)
    #expect(JSONValue.decimal("0x10").doubleValue == nil)
    #expect(JSONValue.decimal("inf").doubleValue == nil)
    #expect(JSONValue.bool(true).doubleValue == nil)
  }

  @Test func comparesByStructureAndByValue() throws {
    #expect(JSONValue.int(1) != .double(1))
    #expect(JSONValue.double(.nan) == .double(.nan))
    #expect(JSONValue.double(0) != .double(-0.0))
    let equal = [
      ("1", "1.0"), ("1", "1e0"), ("100", "1E2"), ("0", "-0.0"), ("0.5", "5e-1"), ("1e400", "10e399"),
      ("1e400", "1.0e400"),
      ("9223372036854775808", "9223372036854775808.0"), ("[1,{\"a\":2.0}]", "[1.0,{\"a\":2}]"),
      ("{\"a\":1,\"b\":2}", "{\"b\":2.0,\"a\":1}"), ("9007199254740993", "9007199254740993.0"),
      ("1e99999999999999999999", "1e99999999999999999999"),
    ]
    for (left, right) in equal {
      let (left, right) = (try JSONValue(parsing: left), try JSONValue(parsing: right))
      #expect(left.isNumericallyEqual(to: right) && right.isNumericallyEqual(to: left), "\(left) \(right)")
      #expect(left.numericForm == right.numericForm && left.numericForm.hashValue == right.numericForm.hashValue)
    }
    let different = [
      ("1", "1.5"), ("1", "true"), ("0", "false"), ("0", "null"), ("1", "\"1\""),
      ("9007199254740993", "9007199254740992.0"),
      ("1e400", "1e401"), ("1e400", "-1e400"), ("[1]", "[1,1]"), ("{\"a\":1}", "{\"b\":1}"), ("1e-400", "0"),
      ("1e99999999999999999999", "2e99999999999999999999"), ("1e99999999999999999999", "1e-99999999999999999999"),
    ]
    for (left, right) in different {
      let (left, right) = (try JSONValue(parsing: left), try JSONValue(parsing: right))
      #expect(!left.isNumericallyEqual(to: right) && !right.isNumericallyEqual(to: left), "\(left) \(right)")
      #expect(left.numericForm != right.numericForm)
    }
  }

  @Test func namesSchemaTypes() throws {
    let names = [
      ("null", "null"), ("true", "boolean"), ("1", "integer"), ("1.0", "integer"), ("1e300", "integer"),
      ("1.5", "number"),
      ("1e-400", "number"), ("1e400", "integer"), ("1e-99999999999999999999", "number"),
      ("-1e99999999999999999999", "integer"),
      ("4503599627370496.5", "number"), ("4503599627370495.5", "number"), ("\"\"", "string"), ("[]", "array"),
      ("{}", "object"),
    ]
    for (text, name) in names { #expect(try JSONValue(parsing: text).typeName == name, "\(text)") }
    #expect(JSONValue.double(.infinity).typeName == "number")
  }
}
