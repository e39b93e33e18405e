import SandboxCore
import SandboxTestKit
import Testing

@testable import SandboxTools

@Suite struct GenerateCanvasTests {
  private static let arguments: JSONValue = [
    "title": "The <plan>",
    "elements": [
      ["type": "rect", "id": "a", "x": 0, "y": 0, "width": 200, "height": 100, "content": "First step", "color": "4"],
      ["type": "note", "x": 300.4, "y": -50, "props": ["text": "See <script>alert(1)</script> & \"more\""]],
      ["type": "ellipse", "id": "b", "x": 0, "y": 300, "content": "End", "color": "#FF8800"],
      ["type": "group", "id": "g", "x": -20, "y": -20, "width": 300, "height": 500, "content": "All"],
      ["type": "image", "id": "i", "x": 400, "y": 200, "url": "https://e.org/a.png", "content": "A picture"],
      ["type": "file", "id": "f", "x": 400, "y": 500, "file": "artifacts/sales.svg"],
      ["type": "arrow", "from": "a", "to": "b", "content": "then"],
      ["type": "line", "x": 10, "y": 10, "x2": 60, "y2": 60],
    ],
    "edges": [["id": "e", "from": "a", "fromSide": "right", "to": "i", "type": "line", "color": "1"]],
  ]

  @Test func makesACanvasAndADrawing() async throws {
    try await BuiltinFixture.with { session in
      let reply = try await session.call("generate_canvas", Self.arguments)
      #expect(reply["title"] == "The <plan>")
      #expect(reply["name"] == "The-plan.canvas" && reply["url"] == "artifacts/The-plan.canvas")
      #expect(reply["drawing"]?["url"] == "artifacts/The-plan.svg")
      #expect(reply["canvasId"] == reply["artifactId"])
      #expect(session.log.read { $0.artifacts.map(\.kind) } == [.canvas, .canvas])
      let canvas = try JSONValue(parsing: try session.content(of: "The-plan.canvas"))
      let nodes = try #require(canvas["nodes"]?.arrayValue)
      #expect(
        nodes[0]
          == ["id": "g", "type": "group", "x": -20, "y": -20, "width": 300, "height": 500, "label": "All"])
      #expect(
        nodes[1]
          == [
            "id": "a", "type": "text", "x": 0, "y": 0, "width": 200, "height": 100, "text": "First step", "color": "4",
          ])
      #expect(nodes[2]["x"] == 300 && nodes[2]["text"] == "See <script>alert(1)</script> & \"more\"")
      #expect(nodes[3]["color"] == "#ff8800" && nodes[3]["type"] == "text")
      #expect(nodes[4]["type"] == "link" && nodes[4]["url"] == "https://e.org/a.png")
      #expect(nodes[5]["type"] == "file" && nodes[5]["file"] == "artifacts/sales.svg")
      let edges = try #require(canvas["edges"]?.arrayValue)
      #expect(edges.count == 2)
      #expect(edges[0]["fromNode"] == "a" && edges[0]["toNode"] == "b" && edges[0]["label"] == "then")
      #expect(edges[0]["toEnd"] == nil)
      #expect(
        edges[1]
          == ["id": "e", "fromNode": "a", "fromSide": "right", "toNode": "i", "toEnd": "none", "color": "1"])
    }
  }

  @Test func drawingIsSafeAndWellFormed() async throws {
    try await BuiltinFixture.with { session in
      _ = try await session.call("generate_canvas", Self.arguments)
      let svg = try session.content(of: "The-plan.svg")
      #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 690\""))
      #expect(!svg.contains("<script"))
      #expect(svg.contains("&lt;script&gt;alert(1)&lt;/scri") || svg.contains("&lt;script&gt;"))
      #expect(svg.contains(">First step</text>") && svg.contains(">then</text>") && svg.contains(">A picture</text>"))
      #expect(!svg.contains("e.org"))
      #expect(svg.contains(".k0 { stroke: #2e8b57; }"))
      _ = try BuiltinMarkup(svg, isHTML: false)
    }
  }

  /// The same call makes the same bytes: ids are made from title and place.
  @Test func isRepeatable() async throws {
    try await BuiltinFixture.with { session in
      let first = try await session.call("generate_canvas", Self.arguments)
      let content = try session.content(of: "The-plan.canvas")
      let second = try await session.call("generate_canvas", Self.arguments, call: "root.1/2.0")
      #expect(first["canvasId"] == second["canvasId"])
      #expect(try session.content(of: "The-plan.canvas") == content)
    }
  }

  @Test(
    arguments: [
      (["title": "t"], "elements must be an array with at least one element"),
      (["title": "t", "elements": []], "at least one element"),
      (["title": "t", "elements": [5]], "/elements/0: is integer; it must be an object"),
      (
        ["title": "t", "elements": [["type": "star", "x": 0, "y": 0]]],
        "/elements/0: type is \"star\"; known are text, rect, ellipse, note, image, group, link, file, arrow, line"
      ),
      (["title": "t", "elements": [["type": "rect", "y": 0]]], "/elements/0: x is missing"),
      (
        ["title": "t", "elements": [["type": "rect", "x": 1e300, "y": 0]]],
        "/elements/0: x is 1e+300; it must be a number"
      ),
      (["title": "t", "elements": [["type": "rect", "x": "1", "y": 0]]], "/elements/0: x is \"1\""),
      (
        ["title": "t", "elements": [["type": "rect", "x": 0, "y": 0, "width": 0]]],
        "width is 0; it must be a number from 1"
      ),
      (
        ["title": "t", "elements": [["type": "rect", "x": 0, "y": 0, "color": "red"]]], "color must be \"1\" to \"6\""
      ),
      (["title": "t", "elements": [["type": "image", "x": 0, "y": 0]]], "type image needs url or file"),
      (
        ["title": "t", "elements": [["type": "text", "x": 0, "y": 0, "content": 5]]],
        "content must be a text, not integer"
      ),
      (
        ["title": "t", "elements": [["type": "text", "id": "a b", "x": 0, "y": 0]]],
        "id must be a text of 1 to 64 bytes"
      ),
      (
        [
          "title": "t",
          "elements": [["type": "text", "id": "a", "x": 0, "y": 0], ["type": "text", "id": "a", "x": 0, "y": 0]],
        ],
        "the id \"a\" is used twice"
      ),
      (
        [
          "title": "t", "elements": [["type": "text", "id": "a", "x": 0, "y": 0]], "edges": [["from": "a", "to": "z"]],
        ],
        "/edges/0: to is \"z\", the id of no element"
      ),
      (
        ["title": "t", "elements": [["type": "text", "id": "a", "x": 0, "y": 0]], "edges": [["from": "a"]]],
        "/edges/0: to is missing"
      ),
    ] as [(JSONValue, String)])
  func wrongArgumentsAreNamed(_ arguments: JSONValue, _ part: String) async throws {
    try await BuiltinFixture.with { session in
      let error = try await session.failure("generate_canvas", arguments)
      #expect(error.code == .invalidArgument)
      #expect(error.message.contains(part), "\(error.message)")
      #expect(session.log.read { $0.artifacts.isEmpty })
    }
  }

  @Test func countAndTextAreBounded() async throws {
    try await BuiltinFixture.with { session in
      func elements(_ count: Int, _ text: String = "") -> JSONValue {
        .array((0..<count).map { ["type": "text", "x": .int(Int64($0)), "y": 0, "content": .string(text)] })
      }
      #expect(
        try await session.failure("generate_canvas", ["title": "t", "elements": elements(1001)]).code == .limitExceeded)
      let long = String(repeating: "x", count: 2_000)
      #expect(
        try await session.failure("generate_canvas", ["title": "t", "elements": elements(600, long)]).code
          == .limitExceeded)
      _ = try await session.call("generate_canvas", ["title": "t", "elements": elements(1000, "some words here")])
    }
  }

  @Test(arguments: [
    ("one two three", 100, 100, ["one two", "three"]), ("abcdefghijklmnopqrst", 90, 100, ["abcdefghij", "klmnopqrst"]),
    ("a\nb\n\nc", 100, 100, ["a", "b", "", "c"]), ("one two three four", 90, 30, ["one two…"]), ("", 100, 100, [""]),
    ("aaa bbb ccc ddd", 1, 1, ["…"]),
  ])
  func textIsWrapped(_ text: String, _ width: Int, _ height: Int, _ expected: [String]) {
    let frame = CanvasFrame(x: 0, y: 0, width: width, height: height)
    let lines = CanvasRenderer.lines(of: text, in: frame)
    #expect(lines.count == expected.count)
    if width > 1 { #expect(lines == expected) }
  }
}
