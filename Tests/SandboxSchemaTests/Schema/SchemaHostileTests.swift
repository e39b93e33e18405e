import Glibc
import SandboxCore
import Synchronization
import Testing

@testable import SandboxSchema

/// Schemas and values that are made to hurt: each is answered or refused, in bounded work and bounded stack.
@Suite struct SchemaHostileTests {
  private static let givenUp = ["is too deep or too large to be checked"]

  /// Each definition asks twice for the next: 2^60 checks without a bound.
  @Test(arguments: [("allOf", true), ("anyOf", false)] as [(String, JSONValue)])
  func doublingReferences(_ keyword: String, _ last: JSONValue) throws {
    #expect(try JSONSchema(compiling: doubling(keyword, 60, last)).validate(1).map(\.message) == Self.givenUp)
  }

  /// Known not to fit, though there is too much to say why.
  @Test func unfitButTooIntricate() throws {
    let violations = try JSONSchema(compiling: doubling("anyOf", 16, ["type": "string"])).validate(1)
    #expect(violations.map(\.message) == ["does not fit, in too intricate a way to tell"])
  }

  private func doubling(_ keyword: String, _ count: Int, _ last: JSONValue) -> JSONValue {
    var definitions: JSONObject = [:]
    for index in 0..<count {
      let next: JSONValue = ["$ref": .string("#/$defs/d\(index + 1)")]
      definitions["d\(index)"] = .object([keyword: [next, next]])
    }
    definitions["d\(count)"] = last
    return ["$defs": .object(definitions), "$ref": "#/$defs/d0"]
  }

  /// By name, since the arguments of a test are printed.
  enum Endless: CaseIterable {
    case manyElements, longNumber, longText, longTextOften

    var schema: JSONValue {
      switch self {
      case .manyElements: ["uniqueItems": true]
      case .longNumber: ["multipleOf": 7]
      case .longText: ["pattern": "(x+x+)+y"]
      case .longTextOften: ["allOf": .array((0..<100).map { ["maxLength": .int(900_000 + $0)] })]
      }
    }

    var value: JSONValue {
      switch self {
      case .manyElements: .array(Array(repeating: 1, count: 600_000))
      case .longNumber: .decimal(String(repeating: "9", count: 5_000_000))
      case .longText: .string(String(repeating: "x", count: 2_000_000))
      case .longTextOften: .string(String(repeating: "é", count: 900_000))
      }
    }
  }

  @Test(arguments: Endless.allCases) func endlessWorkIsGivenUp(_ work: Endless) throws {
    #expect(try JSONSchema(compiling: work.schema).validate(work.value).map(\.message) == Self.givenUp)
  }

  @Test func catastrophicPatternsAreAnswered() throws {
    let schema = try JSONSchema(compiling: ["pattern": "^(a+)+$", "patternProperties": ["^(a|a)*$": false]])
    #expect(schema.validate(.string(String(repeating: "a", count: 20_000) + "b")).map(\.keyword) == ["pattern"])
    #expect(schema.validate(.object([String(repeating: "a", count: 5_000) + "b": 1])).isEmpty)
  }

  enum TooLarge: CaseIterable {
    case constants, names, schemas, patterns, deepConstant, deepSchema

    var schema: JSONValue {
      switch self {
      case .constants: ["enum": .array(Array(repeating: 1, count: 600_000))]
      case .names: ["required": .array(Array(repeating: "a", count: 600_000))]
      case .schemas: ["allOf": .array(Array(repeating: true, count: 600_000))]
      case .patterns: ["patternProperties": .object(JSONObject((0..<100).map { ("(a{900}b){9}\($0)", true) }))]
      case .deepConstant: ["const": SchemaHostileTests.nested(300)]
      case .deepSchema: (0..<300).reduce(true) { schema, _ in ["items": schema] }
      }
    }
  }

  @Test(arguments: TooLarge.allCases) func tooLargeToCompile(_ kind: TooLarge) throws {
    let error = try #require(throws: SandboxError.self) { try JSONSchema(compiling: kind.schema) }
    #expect(error.code == .unsupported)
    #expect(error.cause is SchemaProblem)
  }

  @Test func longChainsOfReferences() throws {
    var aliases: JSONObject = [:]
    var steps: JSONObject = [:]
    for index in 0..<1_000 {
      aliases["d\(index)"] = ["$ref": .string("#/$defs/d\(index + 1)")]
      steps["d\(index)"] = ["properties": ["a": ["$ref": .string("#/$defs/d\(index + 1)")]]]
    }
    aliases["d1000"] = ["type": "string"]
    steps["d1000"] = true
    let alias = try JSONSchema(compiling: ["$defs": .object(aliases), "$ref": "#/$defs/d0"])
    #expect(alias.validate(1).map(\.schemaPointer.description) == ["/$defs/d1000/type"])
    let step = try JSONSchema(compiling: ["$defs": .object(steps), "$ref": "#/$defs/d0"])
    #expect(step.validate(["a": ["a": 1]]).isEmpty)
  }

  /// Which a static look cannot refuse: the outermost resource makes it a ring.
  @Test func dynamicReferencesWithoutEnd() throws {
    let schema = try JSONSchema(compiling: [
      "$id": "http://x/root", "$ref": "list",
      "$defs": [
        "mine": ["$dynamicAnchor": "t", "$ref": "list"],
        "list": ["$id": "list", "$dynamicRef": "#t", "$defs": ["t": ["$dynamicAnchor": "t"]]],
      ],
    ])
    #expect(schema.validate(1).map(\.message) == Self.givenUp)
  }

  /// As deep as the parser reads, on the smallest stack that a thread of ours may have.
  @Test func deepValuesOnASmallStack() throws {
    let schemas: [JSONValue] = [
      ["items": ["$ref": "#"]], ["additionalProperties": ["$ref": "#"]], ["uniqueItems": true],
      ["anyOf": [["type": "string"], ["items": ["$ref": "#"]]]],
      ["oneOf": [["type": "string"], ["type": ["array", "object"], "additionalProperties": ["$ref": "#"]]]],
      ["if": ["type": "array"], "then": ["contains": ["$ref": "#"]]], ["not": ["not": ["items": ["$ref": "#"]]]],
      ["unevaluatedProperties": ["$ref": "#"], "unevaluatedItems": ["$ref": "#"]],
      ["dependentSchemas": ["a": ["properties": ["a": ["$ref": "#"]]]]],
      ["$dynamicAnchor": "n", "items": ["$dynamicRef": "#n"], "properties": ["a": ["$dynamicRef": "#n"]]],
      ["const": Self.nested(120)], ["patternProperties": ["a": ["propertyNames": true, "allOf": [["$ref": "#"]]]]],
    ]
    var object: JSONValue = 1
    for _ in 0..<256 { object = ["a": object] }
    let deep = Self.nested(256)
    let values = [deep, [deep, deep], .array(Array(repeating: deep, count: 10)), object, Self.nested(100)]
    try onSmallStack {
      for schema in schemas {
        let compiled = try JSONSchema(compiling: schema)
        for value in values { _ = compiled.validate(value) }
      }
      let tree = try JSONSchema(compiling: ["items": ["$ref": "#"], "minItems": 2])
      #expect(tree.validate(Self.nested(100)).map(\.message) == ["has 1 elements; it must have at least 2"])
      #expect(tree.validate(deep).map(\.message) == Self.givenUp)
    }
  }

  fileprivate static func nested(_ count: Int) -> JSONValue {
    var value: JSONValue = [1]
    for _ in 0..<count { value = [value, 2] }
    return value
  }

  /// Bytes; without optimisation a function takes about ten times the stack.
  #if DEBUG
    private static let smallStack = 4 << 20
  #else
    private static let smallStack = 256 << 10
  #endif

  private func onSmallStack(_ body: @escaping @Sendable () throws -> Void) throws {
    let task = ThreadTask(body: body)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, Self.smallStack)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { task in
        if let task { Unmanaged<ThreadTask>.fromOpaque(task).takeRetainedValue().run() }
        return nil
      }, Unmanaged.passRetained(task).toOpaque())
    try #require(code == 0)
    pthread_join(thread, nil)
    if let error = task.error { throw error }
  }
}

private final class ThreadTask: Sendable {
  private let body: @Sendable () throws -> Void
  private let failure = Mutex<(any Error)?>(nil)

  init(body: @escaping @Sendable () throws -> Void) { self.body = body }

  var error: (any Error)? { failure.withLock { $0 } }

  func run() {
    do { try body() } catch { failure.withLock { $0 = error } }
  }
}
