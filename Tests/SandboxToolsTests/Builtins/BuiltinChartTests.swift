import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct BuiltinChartTests {
  private func draw(_ arguments: JSONObject) async throws -> (svg: String, markup: BuiltinMarkup) {
    try await BuiltinFixture.with { session in
      let result = try await session.call("generate_chart", .object(arguments))
      let svg = try session.content(of: try #require(result["name"]?.stringValue))
      return (svg, try BuiltinMarkup(svg, isHTML: false))
    }
  }

  @Test func drawsBarsInProportion() async throws {
    let (svg, markup) = try await draw([
      "title": "Sales <2024> & \"more\"", "type": "bar", "yLabel": "EUR", "xLabel": "Region",
      "data": [
        ["label": "north", "value": 40], ["label": "south", "value": 10], ["label": "west & <east>", "value": -20],
      ],
    ])
    let root = try #require(markup.elements.first)
    #expect(root.name == "svg")
    #expect(root.attributes["role"] == "img")
    #expect(root.attributes["xmlns"] == "http://www.w3.org/2000/svg")
    #expect(markup.elements[1].name == "title" && markup.elements[2].name == "desc")
    let bars = markup.elements.filter { $0.name == "rect" && $0.attributes["class"] == "s0" }.map(\.attributes)
    let heights = bars.compactMap { Double($0["height"] ?? "") }
    #expect(heights.count == 3)
    #expect(abs(heights[0] / heights[1] - 4) < 0.01)
    #expect(abs(heights[0] / heights[2] - 2) < 0.01)
    // The negative bar hangs from the line that the others stand on.
    let tops = bars.compactMap { Double($0["y"] ?? "") }
    #expect(abs(tops[0] + heights[0] - tops[2]) < 0.02)
    for text in ["EUR", "Region", "north", "40", "-20", "west &amp; &lt;east&gt;"] {
      #expect(svg.contains(">\(text)<"), "\(text)")
    }
    #expect(svg.contains("prefers-color-scheme: dark"))
    #expect(svg.contains("from -20 to 40"))
  }

  @Test func drawsSeveralSeriesWithALegend() async throws {
    let series: JSONValue = [
      ["name": "2023", "points": [["label": "Q1", "y": 1], ["label": "Q2", "y": 2]]],
      ["name": "2024", "points": [["label": "Q1", "y": 3], ["label": "Q3", "y": 4]]],
    ]
    let (bar, markup) = try await draw(["title": "T", "type": "bar", "series": series])
    #expect(bar.contains(">2023<") && bar.contains(">2024<"))
    // Two bars and the legend's square each.
    #expect(markup.elements.filter { $0.attributes["class"] == "s0" }.count == 3)
    #expect(markup.elements.filter { $0.attributes["class"] == "s1" }.count == 3)
    let line = try await draw(["title": "T", "type": "line", "series": series]).markup
    #expect(line.elements.filter { $0.name == "polyline" }.count == 2)
  }

  @Test func drawsNumbersOnBothAxes() async throws {
    let points = JSONValue.array(
      (0..<2_000).map { ["x": .int(Int64($0)), "y": .double(Double(($0 * 7919) % 1000) / 10)] })
    let scatter = try await draw(["title": "T", "type": "scatter", "data": points]).markup
    let circles = scatter.elements.filter { $0.name == "circle" }
    #expect(circles.count == 2_000)
    for circle in circles {
      #expect((0...800).contains(Double(circle.attributes["cx"] ?? "") ?? -1))
      #expect((0...480).contains(Double(circle.attributes["cy"] ?? "") ?? -1))
    }
    let line = try await draw(["title": "T", "type": "line", "data": points]).markup
    let list = try #require(line.elements.first { $0.name == "polyline" }?.attributes["points"])
    #expect(list.split(separator: " ").count == 2_000)
  }

  @Test func drawsPies() async throws {
    let two = try await draw([
      "title": "T", "type": "pie", "data": [["label": "a", "value": 1], ["label": "b", "value": 3]],
    ])
    #expect(two.markup.elements.filter { $0.name == "path" }.count == 2)
    #expect(two.svg.contains("1 (25%)") && two.svg.contains("3 (75%)"))
    let one = try await draw([
      "title": "T", "type": "pie", "data": [["label": "a", "value": 5], ["label": "b", "value": 0]],
    ])
    #expect(one.markup.elements.filter { $0.name == "circle" }.count == 1)
    let many = JSONValue.array((1...30).map { ["label": "slice \($0)", "value": .int($0)] })
    let other = try await draw(["title": "T", "type": "pie", "data": many])
    #expect(other.markup.elements.filter { $0.name == "path" }.count == Chart.maximumSlices)
    #expect(other.svg.contains("Other (23)"))
  }

  @Test(
    arguments: [
      [1e300, -1e300], [1e-300, 2e-300], [0, 0], [5, 5], [-5, -5], [1e15, 1e15 + 1], [0.1, 0.2, 0.30000000000000004],
      [1e300, 1e300],
      [123_456_789, 987_654_321], [-0.001, 0.002], [.leastNonzeroMagnitude, 0],
    ] as [[Double]])
  func drawsAnyFiniteNumbers(_ values: [Double]) async throws {
    let data = JSONValue.array(values.enumerated().map { ["label": .string("v\($0)"), "value": .double($1)] })
    for type in ["bar", "line"] {
      let (svg, markup) = try await draw(["title": "T", "type": .string(type), "data": data])
      #expect(!svg.contains("nan") && !svg.contains("inf"))
      for element in markup.elements {
        for name in ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy"] {
          guard let text = element.attributes[name] else { continue }
          #expect((-50...850).contains(try #require(Double(text))), "\(element)")
        }
      }
    }
  }

  @Test func ticksAreRound() {
    #expect(ChartScale([3, 97], includesZero: true).ticks == [0, 20, 40, 60, 80, 100])
    #expect(ChartScale([-20, 40], includesZero: true).ticks == [-20, 0, 20, 40])
    #expect(ChartScale([1000, 1010], includesZero: false).ticks == [1000, 1002, 1004, 1006, 1008, 1010])
    #expect(ChartScale([7], includesZero: true).low == 0)
    let small = ChartScale([0, 0.004], includesZero: false)
    #expect(small.ticks.map(small.label) == ["0", "0.001", "0.002", "0.003", "0.004"])
    #expect(ChartNumber.plain(1_234_567.891) == "1,234,567.89")
    #expect(ChartNumber.plain(-0.25) == "-0.25")
    #expect(ChartNumber.plain(1.5e12) == "1.5e12")
    #expect(ChartNumber.plain(1e-300 / 1e10) == "1e-310")
    #expect(ChartNumber.coordinate(-0.004) == "0")
    #expect(ChartNumber.coordinate(12.5) == "12.5")
    #expect(ChartNumber.coordinate(-3.05) == "-3.05")
  }

  @Test func shortensAndSlantsLongLabels() async throws {
    let data = JSONValue.array((0..<60).map { ["label": .string("A very long label, number \($0)"), "value": 1] })
    let (svg, markup) = try await draw([
      "title": .string(String(repeating: "long ", count: 90)), "type": "line", "data": data,
    ])
    #expect(svg.contains("…</text>"))
    #expect(markup.elements.contains { $0.attributes["transform"]?.hasPrefix("rotate(-40") == true })
  }

  @Test func refusesWhatCannotBeDrawn() async throws {
    let cases: [(JSONValue, SandboxError.Code, String)] = [
      (["title": "T", "type": "donut", "data": []], .invalidArgument, "bar, line, pie or scatter"),
      (["title": "T", "type": "bar"], .invalidArgument, "nothing to draw"),
      (["title": "T", "type": "bar", "data": []], .invalidArgument, "nothing to draw"),
      (["title": "T", "type": "bar", "data": [["label": "a"]]], .invalidArgument, "/data/0"),
      (["title": "T", "type": "bar", "data": [["value": 1]]], .invalidArgument, "label"),
      (
        ["title": "T", "type": "bar", "data": [["label": "a", "value": .decimal("1e999")]]], .invalidArgument, "finite"
      ),
      (["title": "T", "type": "bar", "data": [["label": "a", "value": 1e308]]], .invalidArgument, "finite"),
      (["title": "T", "type": "bar", "data": [["label": "a", "value": "1"]]], .invalidArgument, "finite"),
      (["title": "T", "type": "scatter", "data": [["x": "a", "y": 1]]], .invalidArgument, "x is"),
      (["title": "T", "type": "pie", "data": [["label": "a", "value": -1]]], .invalidArgument, "negative"),
      (["title": "T", "type": "pie", "data": [["label": "a", "value": 0]]], .invalidArgument, "all zero"),
      (["title": "T", "type": "bar", "data": [], "series": []], .invalidArgument, "not both"),
      (["title": "T", "type": "bar", "series": [["name": "a"]]], .invalidArgument, "/series/0"),
      (
        [
          "title": "T", "type": "bar",
          "data": .array((0..<401).map { ["label": .string("\($0)"), "value": 1] }),
        ], .limitExceeded, "400"
      ),
    ]
    try await BuiltinFixture.with { session in
      for (arguments, code, text) in cases {
        let error = try await session.failure("generate_chart", arguments)
        #expect(error.code == code, "\(error)")
        #expect(error.message.contains(text), "\(error)")
      }
      #expect(session.log.read { $0.artifacts.isEmpty })
    }
  }
}
