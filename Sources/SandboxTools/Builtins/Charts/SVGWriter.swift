/// Builds an SVG drawing. Text is escaped, numbers have two decimals.
struct SVGWriter {
  enum Anchor: String { case start, middle, end }

  private(set) var body = ""

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, className: String) {
    body +=
      "<line class=\"\(className)\" x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\"/>\n"
  }

  /// - Parameter hint: shown when the pointer rests on it, and read aloud.
  mutating func rectangle(
    _ x: Double, _ y: Double, width: Double, height: Double, className: String, hint: String = ""
  ) {
    open(
      "rect", className, "x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(max(0, width)))\" height=\"\(n(max(0, height)))\"",
      hint)
  }

  mutating func circle(_ x: Double, _ y: Double, radius: Double, className: String, hint: String = "") {
    open("circle", className, "cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\"", hint)
  }

  mutating func polyline(_ points: [(x: Double, y: Double)], className: String) {
    let list = points.map { "\(n($0.x)),\(n($0.y))" }.joined(separator: " ")
    body += "<polyline class=\"\(className)\" points=\"\(list)\"/>\n"
  }

  mutating func path(_ data: String, className: String, hint: String = "") {
    open("path", className, "d=\"\(data)\"", hint)
  }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, anchor: Anchor = .start, className: String = "", rotation: Double = 0
  ) {
    let transform = rotation == 0 ? "" : " transform=\"rotate(\(n(rotation)) \(n(x)) \(n(y)))\""
    let attribute = className.isEmpty ? "" : " class=\"\(className)\""
    body += "<text\(attribute) x=\"\(n(x))\" y=\"\(n(y))\" text-anchor=\"\(anchor.rawValue)\"\(transform)>"
    body += "\(Markup.escape(text))</text>\n"
  }

  /// The whole document.
  func document(width: Double, height: Double, title: String, description: String, style: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(n(width)) \(n(height))" width="\(n(width))" \
    height="\(n(height))" role="img" aria-labelledby="chart-title chart-description">
    <title id="chart-title">\(Markup.escape(title))</title>
    <desc id="chart-description">\(Markup.escape(description))</desc>
    <style>
    \(style)
    </style>
    \(body)</svg>

    """
  }

  private mutating func open(_ element: String, _ className: String, _ attributes: String, _ hint: String) {
    body += "<\(element) class=\"\(className)\" \(attributes)"
    body += hint.isEmpty ? "/>\n" : "><title>\(Markup.escape(hint))</title></\(element)>\n"
  }

  private func n(_ value: Double) -> String { ChartNumber.coordinate(value) }
}
