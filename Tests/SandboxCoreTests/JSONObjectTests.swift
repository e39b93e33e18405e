import SandboxTestKit
import SandboxCore
import Testing

@Suite struct JSONObjectTests {
  @Test func keepsTheOrderOfInsertion() {
    var object: JSONObject = ["b": 1, "a": 2, "c": 3]
    object["a"] = 4
    object["d"] = .null
    #expect(object.keys == ["b", "a", "c", "d"])
    #expect(object.removeValue(forKey: "a") == 4)
    #expect(object.removeValue(forKey: "a") == nil)
    object["b"] = nil
    object["a"] = 5
    #expect(object.map(\.key) == ["c", "d", "a"])
    #expect(object.values == [3, .null, 5])
    #expect(object["d"] == .some(.null))
    #expect(object["x"] == nil)
    #expect(object.count == 3 && !object.isEmpty && JSONObject().isEmpty)
  }

  @Test func takesTheLastOfRepeatedKeysInALiteral() {
    let object: JSONObject = ["a": 1, "b": 2, "a": 3]
    #expect(object.keys == ["a", "b"])
    #expect(object["a"] == 3)
  }

  @Test func behavesLikeADictionaryAtAnySize() {
    var random = SeededGenerator(seed: 5)
    var object = JSONObject()
    var reference: [String: JSONValue] = [:]
    var order: [String] = []
    for step in 0..<5_000 {
      let key = "key \(random.next() % 60)"
      if random.next() % 3 == 0 {
        #expect(object.removeValue(forKey: key) == reference.removeValue(forKey: key))
        order.removeAll { $0 == key }
      } else {
        if reference[key] == nil { order.append(key) }
        object[key] = .int(Int64(step))
        reference[key] = .int(Int64(step))
      }
      if object.keys != order { Issue.record("step \(step): \(object.keys) is not \(order)") }
    }
    for key in (0..<60).map({ "key \($0)" }) { #expect(object[key] == reference[key]) }
  }

  @Test func comparesWithoutOrder() {
    let members = (0..<200).map { ("k\($0)", JSONValue.int(Int64($0))) }
    let one = JSONObject(members)
    let other = JSONObject(members.reversed())
    #expect(one == other)
    #expect(one.hashValue == other.hashValue)
    var changed = other
    changed["k7"] = 8
    #expect(one != changed)
    changed["k7"] = nil
    changed["x"] = 7
    #expect(one != changed)
    #expect(JSONValue.object(["a": nil]) != [:])
    #expect(JSONValue.object(["a": nil]) != ["b": nil])
  }

  @Test func largeObjectsStayFast() {
    let object = JSONObject((0..<100_000).map { ("key \($0)", .int(Int64($0))) })
    #expect(object.count == 100_000)
    #expect((0..<100_000).allSatisfy { object["key \($0)"] == .int(Int64($0)) })
  }

  @Test func valuesHaveAccessors() {
    let value: JSONValue = ["s": "x", "i": 1, "d": 1.5, "b": true, "n": nil, "a": [1, 2], "o": ["k": "\(1 + 1)"]]
    #expect(value["s"]?.stringValue == "x")
    #expect(value["i"]?.intValue == 1)
    #expect(value["d"]?.doubleValue == 1.5)
    #expect(value["b"]?.boolValue == true)
    #expect(value["n"]?.isNull == true)
    #expect(value["a"]?.arrayValue == [1, 2])
    #expect(value["a"]?[1] == 2)
    #expect(value["a"]?[2] == nil)
    #expect(value["a"]?[-1] == nil)
    #expect(value["o"]?.objectValue?["k"] == "2")
    #expect(value["o"]?["k"]?["deeper"] == nil)
    #expect(value["missing"] == nil)
    #expect(value[0] == nil)
    #expect(value["s"]?.boolValue == nil && value["s"]?.arrayValue == nil && value["s"]?.objectValue == nil)
    #expect(value["i"]?.stringValue == nil && value["i"]?.isNull == false)
  }
}
