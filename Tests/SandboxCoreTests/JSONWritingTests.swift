import SandboxCore
import Testing

@Suite struct JSONWritingTests {
  @Test func escapesOnlyWhatMustBe() {
    let text = JSONValue.string("\"\\/\u{0}\u{1}\u{8}\t\n\u{b}\u{c}\r\u{1f}\u{7f}é\u{2028}\u{2029}😀").text()
    #expect(text == #""\"\\/\u0000\u0001\b\t\n\u000b\f\r\u001f"# + "\u{7f}é\u{2028}\u{2029}😀\"")
  }

  @Test func hasThreeStyles() throws {
    let value: JSONValue = ["b": [1, 2.5, [], [:]], "a": ["y": nil, "x": true], "é": "", "Z": -1]
    #expect(value.text() == #"{"b":[1,2.5,[],{}],"a":{"y":null,"x":true},"é":"","Z":-1}"#)
    #expect(value.text(.canonical) == #"{"Z":-1,"a":{"x":true,"y":null},"b":[1,2.5,[],{}],"é":""}"#)
    #expect(
      value.text(.pretty) == """
        {
          "b": [
            1,
            2.5,
            [],
            {}
          ],
          "a": {
            "y": null,
            "x": true
          },
          "é": "",
          "Z": -1
        }
        """)
    for style in [JSONStyle.compact, .pretty, .canonical] {
      #expect(try JSONValue(parsing: value.utf8(style)) == value)
      #expect(value.utf8(style) == Array(value.text(style).utf8))
    }
    #expect(value.description == value.text())
  }

  @Test func sortsCanonicalKeysByBytes() {
    // Swift's own order would put "e\u{301}" beside "é"; by UTF-16 the last two would change places.
    let value: JSONValue = ["\u{10000}": 1, "\u{FF5E}": 2, "é": 3, "e\u{301}": 4, "f": 5, "": 6, "ab": 7, "a": 8]
    #expect(
      value.text(.canonical)
        == "{\"\":6,\"a\":8,\"ab\":7,\"e\u{301}\":4,\"f\":5,\"é\":3,\"\u{FF5E}\":2,\"\u{10000}\":1}")
  }

  @Test func canonicalTextIsTheSameForEqualValues() throws {
    let one = try JSONValue(parsing: #"{"a":{"x":1,"y":[1,2]},"b":2}"#)
    let other = try JSONValue(parsing: #"{ "b":2, "a":{"y":[1,2],"x":1} }"#)
    #expect(one == other)
    #expect(one.hashValue == other.hashValue)
    #expect(one.utf8() != other.utf8())
    #expect(one.utf8(.canonical) == other.utf8(.canonical))
  }
}
