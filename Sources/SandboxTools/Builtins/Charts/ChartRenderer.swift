/// Draws a chart as SVG: accessible (title, description, hints), readable on light and dark ground.
struct ChartRenderer {
  static let width = 800.0
  static let height = 480.0
  static let fontSize = 12.0

  struct Frame {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double

    var width: Double { right - left }
    var height: Double { bottom - top }
  }

  let chart: Chart
  var svg = SVGWriter()
  /// Where the data goes; what is around it is for titles and labels.
  var plot = Frame(left: 24, top: 24, right: Self.width - 24, bottom: Self.height - 24)

  private init(_ chart: Chart) { self.chart = chart }

  static func render(_ chart: Chart) -> String {
    var renderer = ChartRenderer(chart)
    renderer.draw()
    return renderer.svg.document(
      width: width, height: height, title: chart.title, description: chart.summary, style: ChartStyle.css)
  }

  private mutating func draw() {
    svg.rectangle(0, 0, width: Self.width, height: Self.height, className: "ground")
    svg.text(
      Self.shortened(chart.title, width: Self.width - 48, fontSize: 18), Self.width / 2, plot.top + 10, anchor: .middle,
      className: "heading")
    plot.top += 32
    if chart.kind == .pie {
      drawPie()
      return
    }
    drawLegend()
    let values = ChartScale(chart.values, includesZero: chart.kind == .bar)
    if chart.isNumeric {
      let positions = ChartScale(chart.series.flatMap { $0.points.compactMap(\.x) }, includesZero: false, wanted: 8)
      drawAxes(values: values, positions: positions)
      drawNumeric(values: values, positions: positions)
    } else {
      let categories = chart.categories
      drawAxes(values: values, categories: categories)
      drawCategories(categories, values: values)
    }
  }

  /// One entry a series, in as many rows as it takes.
  private mutating func drawLegend() {
    guard chart.series.count > 1 else { return }
    var x = plot.left
    for (index, series) in chart.series.enumerated() {
      let name = Self.shortened(series.name, width: 200)
      let length = 22 + Self.textWidth(name) + 16
      if x + length > plot.right, x > plot.left {
        x = plot.left
        plot.top += 20
      }
      svg.rectangle(x, plot.top - 4, width: 12, height: 12, className: "s\(index % ChartStyle.colors)")
      svg.text(name, x + 18, plot.top + 6)
      x += length
    }
    plot.top += 24
  }

  // MARK: text

  /// An estimate: without fonts at hand, a character counts 0.58 of its height, a wide one its whole height.
  static func textWidth(_ text: String, fontSize: Double = Self.fontSize) -> Double {
    text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x1100 ? 0.58 : 1) * fontSize }
  }

  /// The text, cut with an ellipsis when it does not fit.
  ///
  /// - Parameter keepsEnd: cuts in the middle instead of at the end.
  static func shortened(
    _ text: String, width: Double, fontSize: Double = Self.fontSize, keepsEnd: Bool = false
  ) -> String {
    let text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard textWidth(text, fontSize: fontSize) > width else { return text }
    let room = width - fontSize
    let head = fitting(text, width: keepsEnd ? room / 2 : room, fontSize)
    guard keepsEnd else { return head + "…" }
    return head + "…" + String(fitting(text.reversed(), width: room / 2, fontSize).reversed())
  }

  private static func fitting(_ text: some Sequence<Character>, width: Double, _ fontSize: Double) -> String {
    var result = ""
    var length = 0.0
    for character in text {
      length += textWidth(String(character), fontSize: fontSize)
      if length > width { break }
      result.append(character)
    }
    return result
  }
}
