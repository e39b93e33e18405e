import SandboxCore
import Testing

@Suite struct JSONPointerTests {
  /// The document and the pointers of RFC 6901, section 5.
  @Test func followsTheExamplesOfTheStandard() throws {
    let document = try JSONValue(
      parsing: #"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#)
    let expected: [(String, JSONValue)] = [
      ("", document), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3),
      ("/g|h", 4),
      ("/i\\j", 5), ("/k\"l", 6), ("/ ", 7), ("/m~0n", 8),
    ]
    for (text, value) in expected {
      let pointer = try JSONPointer(text)
      #expect(pointer.value(in: document) == value, "\(text)")
      #expect(pointer.description == text)
    }
  }

  @Test(arguments: [
    "/x", "/a/2", "/a/-1", "/a/-", "/a/01", "/a/+1", "/a/", "/a/99999999999999999999", "/a/1/x", "/a/0/b/c", "/a/٣",
  ])
  func givesNilWhereThereIsNothing(text: String) throws {
    #expect(try JSONPointer(text).value(in: ["a": [["b": 1], "s"]]) == nil)
  }

  @Test(arguments: ["a", "a/b", "#/a", "/~", "/~2", "/a~", "/~/x"])
  func refusesWhatIsNoPointer(text: String) {
    #expect {
      try JSONPointer(text)
    } throws: {
      ($0 as? SandboxError)?.code == .invalidArgument && ($0 as? SandboxError)?.message.contains(text) == true
    }
  }

  @Test func isBuiltStepByStep() throws {
    let pointer = JSONPointer.root.appending(key: "a/b~c").appending(index: 3).appending(key: "")
    #expect(pointer.description == "/a~1b~0c/3/")
    #expect(try JSONPointer(pointer.description) == pointer)
    #expect(pointer.tokens == ["a/b~c", "3", ""])
    #expect(JSONPointer.root.description.isEmpty)
    #expect(try JSONPointer("/~01").tokens == ["~1"])
    #expect(try JSONPointer("") == .root)
  }
}
