import FoundationEssentials
import SandboxCore
import Testing

@Suite struct JSONCodableTests {
  private struct Limits: Codable, Equatable {
    var maxDuration: Int
    var ratio: Double
    var small: UInt8?
  }

  private struct Wide: Codable, Equatable {
    var values: [Int128]
    var one: UInt128
    static let sample = Wide(values: [.min], one: .max)
  }

  /// A value of one of two types, which reads the first that fits.
  private struct Either: Decodable {
    var numbers: [Int] = []
    var texts: [String] = []

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      while !container.isAtEnd {
        if let number = try? container.decode(Int.self) {
          numbers.append(number)
        } else {
          texts.append(try container.decode(String.self))
        }
      }
    }
  }

  private enum Mode: String, Codable { case fast, slow }

  private enum Step: Codable, Equatable {
    case wait
    case run(tool: String, arguments: JSONValue)
    case move(Int, Int)
  }

  private struct Session: Codable, Equatable {
    var id: String
    var mode: Mode
    var limits: Limits?
    var steps: [Step]
    var values: [JSONValue]
    var map: [String: [Int?]]
    var big: UInt64
    var nothing: String?
    var data: JSONValue?
    var extra: JSONObject
    var float: Float
    var numbers: [Int: Bool]
  }

  private static let session = Session(
    id: "s/1", mode: .slow, limits: Limits(maxDuration: 5, ratio: 1, small: 255),
    steps: [.wait, .run(tool: "echo", arguments: ["x": 1.0, "y": .decimal("1e400")]), .move(1, -2)],
    values: [nil, 1, 1.0, "x", [.decimal("123456789012345678901")], ["k": nil]], map: ["a": [1, nil, 3], "": []],
    big: .max,
    nothing: nil, data: .null, extra: ["z": 1, "a": 2.0], float: 0.1, numbers: [7: true])

  private func failure<T: Decodable>(_ text: String, as type: T.Type) -> String? {
    do throws(SandboxError) {
      _ = try JSONValue(parsing: text).decode(type)
      return nil
    } catch {
      return error.code == .invalidArgument ? error.message : "\(error.code): \(error.message)"
    }
  }

  @Test func encodesAsWritten() throws {
    let json = try JSONValue.encoding(Self.session)
    #expect(
      json == [
        "id": "s/1", "mode": "slow", "limits": ["maxDuration": 5, "ratio": 1.0, "small": 255],
        "steps": [
          ["wait": [:]], ["run": ["tool": "echo", "arguments": ["x": 1.0, "y": .decimal("1e400")]]],
          ["move": ["_0": 1, "_1": -2]],
        ],
        "values": [nil, 1, 1.0, "x", [.decimal("123456789012345678901")], ["k": nil]],
        "map": ["a": [1, nil, 3], "": []],
        "big": .decimal("18446744073709551615"), "data": nil, "extra": ["z": 1, "a": 2.0], "float": 0.1,
        "numbers": ["7": true],
      ])
    #expect(json.objectValue?.keys.prefix(3) == ["id", "mode", "limits"])
    #expect(json["extra"]?.objectValue?.keys == ["z", "a"])
  }

  @Test func decodesWhatItEncoded() throws {
    let json = try JSONValue.encoding(Self.session)
    #expect(try json.decode(Session.self) == Self.session)
    #expect(try JSONValue(parsing: json.text()).decode() == Self.session)
  }

  @Test func handlesScalarsAtTheRoot() throws {
    #expect(try JSONValue.encoding(5) == 5)
    #expect(try JSONValue.encoding("x") == "x")
    #expect(try JSONValue.encoding(Int?.none) == nil)
    #expect(try JSONValue.encoding([String]()) == [])
    #expect(try JSONValue.encoding([String: Int]()) == [:])
    #expect(try JSONValue.encoding(Mode.fast) == "fast")
    #expect(try JSONValue.encoding(1.0) == .double(1))
    #expect(try JSONValue.encoding(UInt64(Int64.max)) == .int(.max))
    #expect(try JSONValue.int(5).decode(Int.self) == 5)
    #expect(try JSONValue.null.decode(Int?.self) == nil)
    #expect(try JSONValue.array([1, nil]).decode([Int?].self) == [1, nil])
    #expect(try JSONValue.array([[nil, [1, nil]]]).decode([[[Int?]?]].self) == [[nil, [1, nil]]])
    #expect(try JSONValue.string("x").decode() == JSONValue.string("x"))
  }

  @Test func passesJSONThroughExactly() throws {
    let value: JSONValue = [
      "b": 1.0, "a": [.decimal("1e400"), -0.0, nil], "c": .decimal("123456789012345678901234567890"),
    ]
    #expect(try JSONValue.encoding(value).text() == value.text())
    #expect(try value.decode(JSONValue.self).text() == value.text())
    #expect(try JSONValue.encoding([value, value]) == [value, value])
    #expect(try JSONValue.array([value]).decode([JSONValue].self) == [value])
    #expect(try JSONValue.object(["k": value]).decode([String: JSONValue].self) == ["k": value])
    #expect(try value.decode(JSONObject.self).keys == ["b", "a", "c"])
  }

  @Test func tellsAnAbsentMemberFromANull() throws {
    struct Reply: Codable { var result: JSONValue? }
    #expect(try JSONValue.object([:]).decode(Reply.self).result == nil)
    #expect(try JSONValue.object(["result": nil]).decode(Reply.self).result == .some(.null))
    #expect(try JSONValue.encoding(Reply(result: nil)) == [:])
    #expect(try JSONValue.encoding(Reply(result: .null)) == ["result": nil])
    #expect(try JSONValue.object(["maxDuration": 1, "ratio": 1, "small": nil]).decode(Limits.self).small == nil)
  }

  @Test func checksTheRangeOfIntegers() throws {
    #expect(try JSONValue.double(7).decode(Int8.self) == 7)
    #expect(try JSONValue.decimal("18446744073709551615").decode(UInt64.self) == .max)
    #expect(try JSONValue.int(3).decode(Double.self) == 3)
    #expect(
      try JSONValue.encoding(Wide.sample) == [
        "values": [.decimal(Int128.min.description)], "one": .decimal(UInt128.max.description),
      ])
    #expect(try JSONValue.encoding(Wide.sample).decode() == Wide.sample)
    #expect(try JSONValue.encoding(Int128.max).decode(Int128.self) == .max)
    for integer in [UInt64(Int64.max) + 1, 10_000_000_000_000_000_000, 18_446_744_073_709_550_000, .max] {
      let json = try JSONValue.encoding(integer)
      #expect(json == .decimal("\(integer)"))
      #expect(try JSONValue(parsing: json.text()) == json)
      #expect(try json.decode(UInt64.self) == integer)
    }
    #expect(failure("300", as: UInt8.self) == "(root): the number 300 does not fit UInt8")
    #expect(failure("-1", as: UInt.self) == "(root): the number -1 does not fit UInt")
    #expect(failure("1e300", as: Int.self) == "(root): the number 1e+300 does not fit Int")
    #expect(failure("1e400", as: Int.self) == "(root): the number 1e400 does not fit Int")
    #expect(failure("1e400", as: Double.self) == "(root): the number 1e400 does not fit Double")
    #expect(failure("1e300", as: Float.self) == "(root): the number 1e+300 does not fit Float")
    #expect(failure("1.5", as: Int.self) == "(root): expected integer, found number")
    #expect(failure("true", as: Int.self) == "(root): expected integer, found boolean")
    #expect(failure("1", as: Bool.self) == "(root): expected boolean, found integer")
    #expect(failure("\"1\"", as: Double.self) == "(root): expected number, found string")
  }

  @Test func namesThePlaceOfAnError() {
    let limits = "\"id\":\"x\",\"mode\":\"fast\",\"limits\":"
    #expect(
      failure("{\(limits){\"maxDuration\":\"5\"}}", as: Session.self)
        == "/limits/maxDuration: expected integer, found string")
    #expect(failure("{\(limits){\"maxDuration\":5}}", as: Session.self) == "/limits: missing key \"ratio\"")
    #expect(failure("{\(limits)[]}", as: Session.self) == "/limits: expected object, found array")
    #expect(failure("[]", as: Session.self) == "(root): expected object, found array")
    #expect(failure("{\"a\":[1,\"x\"]}", as: [String: [Int]].self) == "/a/1: expected integer, found string")
    #expect(failure("{\"a/b\":[[],[{}]]}", as: [String: [[Int]]].self) == "/a~1b/1/0: expected integer, found object")
    #expect(failure("[null]", as: [String].self) == "/0: expected string, found null")
    let mode = failure("{\"id\":\"x\",\"mode\":\"very\\nquick\"}", as: Session.self)
    #expect(mode?.hasPrefix("/mode: ") == true)
    #expect(mode?.contains("very quick") == true)
    #expect(failure("[{\"jump\":{}}]", as: [Step].self)?.hasPrefix("/0: ") == true)
    #expect(
      failure("[{\"move\":{\"_0\":1,\"_1\":\"x\"}}]", as: [Step].self) == "/0/move/_1: expected integer, found string")
  }

  @Test func keepsTheCodeOfATypesOwnError() {
    struct Picky: Codable {
      init(from decoder: any Decoder) throws { throw SandboxError(.denied, "not today", retry: .backoff) }
      func encode(to encoder: any Encoder) throws { throw SandboxError(.unsupported, "never") }
      init() {}
    }
    #expect {
      try JSONValue.object(["a": [1]]).decode([String: [Picky]].self)
    } throws: {
      let error = $0 as? SandboxError
      return error?.code == .denied && error?.message == "/a/0: not today" && error?.retry == .backoff
    }
    #expect {
      try JSONValue.encoding(["a": [Picky()]])
    } throws: { ($0 as? SandboxError)?.code == .unsupported && ($0 as? SandboxError)?.message == "/a/0: never" }
  }

  @Test func refusesDoublesThatAreNotFinite() {
    for (value, name) in [(Double.nan, "nan"), (.infinity, "inf")] {
      #expect {
        try JSONValue.encoding(["a": [1, value]])
      } throws: { ($0 as? SandboxError)?.message == "/a/1: \(name) is not a JSON number" }
    }
    #expect(throws: SandboxError.self) { try JSONValue.encoding(Limits(maxDuration: 1, ratio: -.infinity)) }
    #expect(throws: SandboxError.self) { try JSONValue.encoding(Float.nan) }
  }

  @Test func supportsNestedContainersAndSuper() throws {
    let tree = Leaf(name: "n", x: 1, y: 2, list: [3, 4], age: 9)
    let json = try JSONValue.encoding(tree)
    #expect(
      json == ["super": ["name": "n"], "point": ["x": 1, "y": 2], "list": [3, ["v": 4], [], nil], "age": 9])
    let back = try json.decode(Leaf.self)
    #expect(back.name == "n" && back.x == 1 && back.y == 2 && back.list == [3, 4] && back.age == 9)
    var orphan = json.objectValue ?? [:]
    orphan["super"] = nil
    #expect(failure(JSONValue.object(orphan).text(), as: Leaf.self) == "/super: expected object, found null")
    let short = "{\"super\":{\"name\":\"n\"},\"point\":{\"x\":1,\"y\":2},\"list\":[3]}"
    #expect(failure(short, as: Leaf.self) == "/list/1: the array has only 1 elements")
  }

  @Test func anElementOfAnotherTypeCanBeReadAgain() throws {
    let either = try JSONValue.array([1, "a", 2, "b"]).decode(Either.self)
    #expect(either.numbers == [1, 2])
    #expect(either.texts == ["a", "b"])
    #expect(failure("[1, true]", as: Either.self) == "/1: expected string, found boolean")
  }

  @Test func refusesTypesThatEncodeTwice() {
    struct Twice: Encodable {
      func encode(to encoder: any Encoder) throws {
        var keyed = encoder.container(keyedBy: Leaf.Keys.self)
        try keyed.encode(1, forKey: .age)
        var unkeyed = encoder.unkeyedContainer()
        try unkeyed.encode(2)
      }
    }
    struct Singles: Encodable {
      func encode(to encoder: any Encoder) throws {
        var single = encoder.singleValueContainer()
        try single.encode(1)
        try single.encode(2)
      }
    }
    #expect(throws: SandboxError.self) { try JSONValue.encoding(Twice()) }
    #expect(throws: SandboxError.self) { try JSONValue.encoding([Singles()]) }
  }

  @Test func worksWithForeignCoders() throws {
    let value: JSONValue = ["a": [1, 2.5, "x", nil, true], "b": ["c": -3], "big": .decimal("18446744073709551615")]
    let data = try JSONEncoder().encode(value)
    #expect(try JSONValue(parsing: data) == value)
    #expect(try JSONDecoder().decode(JSONValue.self, from: data) == value)
    #expect(throws: (any Error).self) { try JSONEncoder().encode(JSONValue.decimal("1e400")) }
  }
}

private class Base: Codable {
  let name: String
  init(name: String) { self.name = name }
}

private final class Leaf: Base {
  enum Keys: String, CodingKey { case point, list, age }
  enum PointKeys: String, CodingKey { case x, y }
  enum ValueKeys: String, CodingKey { case v }

  let x: Int
  let y: Int
  let list: [Int]
  let age: UInt16

  init(name: String, x: Int, y: Int, list: [Int], age: UInt16) {
    (self.x, self.y, self.list, self.age) = (x, y, list, age)
    super.init(name: name)
  }

  required init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    let point = try container.nestedContainer(keyedBy: PointKeys.self, forKey: .point)
    x = try point.decode(Int.self, forKey: .x)
    y = try point.decode(Int.self, forKey: .y)
    var list = try container.nestedUnkeyedContainer(forKey: .list)
    let first = try list.decode(Int.self)
    self.list = [first, try list.nestedContainer(keyedBy: ValueKeys.self).decode(Int.self, forKey: .v)]
    _ = try list.nestedUnkeyedContainer()
    _ = try list.decodeNil()
    age = try container.decode(UInt16.self, forKey: .age)
    try super.init(from: container.superDecoder())
  }

  override func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    // The containers are open at the same time on purpose.
    var point = container.nestedContainer(keyedBy: PointKeys.self, forKey: .point)
    var list = container.nestedUnkeyedContainer(forKey: .list)
    try container.encode(age, forKey: .age)
    try list.encode(self.list[0])
    var value = list.nestedContainer(keyedBy: ValueKeys.self)
    _ = list.nestedUnkeyedContainer()
    try list.encodeNil()
    try value.encode(self.list[1], forKey: .v)
    try point.encode(x, forKey: .x)
    var again = container.nestedContainer(keyedBy: PointKeys.self, forKey: .point)
    try again.encode(y, forKey: .y)
    try super.encode(to: container.superEncoder())
  }
}
