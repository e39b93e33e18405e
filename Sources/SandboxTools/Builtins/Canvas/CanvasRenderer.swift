/// Draws a canvas as SVG.
struct CanvasRenderer {
  private static let margin = 40
  private static let lineHeight = 18
  /// What a character of the font takes on average.
  private static let characterWidth = 7
  private static let padding = 10
  private static let arrowLength = 10.0

  private let canvas: Canvas
  private let frames: [String: CanvasFrame]
  private let colors: [CanvasColor]
  private let origin: (x: Int, y: Int)
  private var svg = SVGWriter()

  static func render(_ canvas: Canvas) -> String {
    var renderer = CanvasRenderer(canvas)
    return renderer.run()
  }

  private init(_ canvas: Canvas) {
    self.canvas = canvas
    frames = Dictionary(canvas.elements.map { ($0.id, $0.frame) }) { first, _ in first }
    let used = canvas.elements.map(\.color) + canvas.edges.map(\.color) + canvas.lines.map(\.color)
    colors = Set(used.compactMap { $0 }).sorted { $0.hex < $1.hex }
    origin = (Self.bounds(canvas).x - Self.margin, Self.bounds(canvas).y - Self.margin)
  }

  private static func bounds(_ canvas: Canvas) -> CanvasFrame {
    let frames = canvas.elements.map(\.frame)
    let ends = canvas.lines.flatMap { [$0.from, $0.to] }
    let left = (frames.map(\.x) + ends.map(\.x)).min() ?? 0
    let top = (frames.map(\.y) + ends.map(\.y)).min() ?? 0
    let right = (frames.map { $0.x + $0.width } + ends.map(\.x)).max() ?? 0
    let bottom = (frames.map { $0.y + $0.height } + ends.map(\.y)).max() ?? 0
    return CanvasFrame(x: left, y: top, width: right - left, height: bottom - top)
  }

  private mutating func run() -> String {
    let bounds = Self.bounds(canvas)
    let (width, height) = (Double(bounds.width + 2 * Self.margin), Double(bounds.height + 2 * Self.margin))
    svg.rectangle(0, 0, width: width, height: height, className: "ground")
    for element in canvas.elements where element.shape == .group { draw(element) }
    for edge in canvas.edges { draw(edge) }
    for line in canvas.lines { draw(line.from, line.to, line.hasArrow, line.label, line.color) }
    for element in canvas.elements where element.shape != .group { draw(element) }
    return svg.document(
      width: width, height: height, title: canvas.title,
      description: "\(canvas.elements.count) elements, \(canvas.edges.count + canvas.lines.count) lines", style: css)
  }

  // MARK: - Elements

  private mutating func draw(_ element: CanvasElement) {
    let (x, y) = (Double(element.frame.x - origin.x), Double(element.frame.y - origin.y))
    let (width, height) = (Double(element.frame.width), Double(element.frame.height))
    let look = className(element.shape.rawValue, element.color)
    switch element.shape {
    case .text: break
    case .ellipse: svg.path(Self.ellipse(x, y, width, height), className: look)
    default: svg.rectangle(x, y, width: width, height: height, className: look)
    }
    let shown = element.text.isEmpty ? element.target : element.text
    if element.shape == .group {
      svg.text(shown, x + Double(Self.padding), y + Double(Self.lineHeight), className: "label")
      return
    }
    let lines = Self.lines(of: shown, in: element.frame)
    let isCentered = [.rect, .ellipse, .image].contains(element.shape)
    let first = isCentered ? y + (height - Double((lines.count - 1) * Self.lineHeight)) / 2 + 4 : y + 22
    for (index, line) in lines.enumerated() {
      svg.text(
        line, isCentered ? x + width / 2 : x + Double(Self.padding), first + Double(index * Self.lineHeight),
        anchor: isCentered ? .middle : .start)
    }
  }

  private static func ellipse(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> String {
    let n = ChartNumber.coordinate
    let (rx, ry) = (width / 2, height / 2)
    return "M\(n(x)) \(n(y + ry))a\(n(rx)) \(n(ry)) 0 1 0 \(n(width)) 0a\(n(rx)) \(n(ry)) 0 1 0 \(n(-width)) 0z"
  }

  /// The text in lines that fit the frame by estimate; what does not is cut off with an ellipsis.
  static func lines(of text: String, in frame: CanvasFrame) -> [String] {
    let columns = max(1, (frame.width - 2 * padding) / characterWidth)
    let rows = max(1, (frame.height - padding) / lineHeight)
    var lines: [String] = []
    for paragraph in text.prefix((rows + 1) * (columns + 1)).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    {
      var line = ""
      var length = 0
      for word in paragraph.split(separator: " ") {
        var word = word
        var count = word.count
        if length > 0, length + 1 + count > columns {
          lines.append(line)
          (line, length) = ("", 0)
        }
        while count > columns {
          lines.append(String(word.prefix(columns)))
          word = word.dropFirst(columns)
          count -= columns
        }
        line += length > 0 ? " \(word)" : String(word)
        length += count + (length > 0 ? 1 : 0)
      }
      lines.append(line)
    }
    guard lines.count > rows else { return lines }
    return Array(lines.prefix(rows - 1)) + [lines[rows - 1].prefix(max(1, columns - 1)) + "…"]
  }

  // MARK: - Lines

  private mutating func draw(_ edge: CanvasEdge) {
    guard let from = frames[edge.from], let to = frames[edge.to] else { return }
    let sides = Self.sides(from, to)
    draw(
      from.middle(of: edge.fromSide ?? sides.from), to.middle(of: edge.toSide ?? sides.to), edge.hasArrow, edge.label,
      edge.color)
  }

  /// The sides that face each other.
  private static func sides(_ from: CanvasFrame, _ to: CanvasFrame) -> (from: CanvasEdge.Side, to: CanvasEdge.Side) {
    let (dx, dy) = (2 * to.x + to.width - 2 * from.x - from.width, 2 * to.y + to.height - 2 * from.y - from.height)
    if abs(dx) >= abs(dy) { return dx >= 0 ? (.right, .left) : (.left, .right) }
    return dy >= 0 ? (.bottom, .top) : (.top, .bottom)
  }

  private mutating func draw(
    _ from: (x: Int, y: Int), _ to: (x: Int, y: Int), _ hasArrow: Bool, _ label: String, _ color: CanvasColor?
  ) {
    let start = (x: Double(from.x - origin.x), y: Double(from.y - origin.y))
    let end = (x: Double(to.x - origin.x), y: Double(to.y - origin.y))
    svg.line(start.x, start.y, end.x, end.y, className: className("edge", color))
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let length = (dx * dx + dy * dy).squareRoot()
    if hasArrow, length > 0 {
      let n = ChartNumber.coordinate
      let (ux, uy) = (dx / length * Self.arrowLength, dy / length * Self.arrowLength)
      svg.path(
        "M\(n(end.x)) \(n(end.y))L\(n(end.x - ux - uy / 2)) \(n(end.y - uy + ux / 2))"
          + "L\(n(end.x - ux + uy / 2)) \(n(end.y - uy - ux / 2))z",
        className: className("head", color))
    }
    guard !label.isEmpty else { return }
    svg.text(
      String(label.prefix(200)), (start.x + end.x) / 2, (start.y + end.y) / 2 - 6, anchor: .middle, className: "label")
  }

  // MARK: - Look

  private func className(_ name: String, _ color: CanvasColor?) -> String {
    guard let color, let index = colors.firstIndex(of: color) else { return name }
    return "\(name) k\(index)"
  }

  private var css: String {
    let rules = colors.enumerated().map { index, color in
      ".k\(index) { stroke: \(color.hex); } .head.k\(index) { fill: \(color.hex); }"
    }
    return ([Self.style] + rules).joined(separator: "\n")
  }

  private static let style = """
    text { font: 13px system-ui, sans-serif; fill: #1c2128; }
    .label { font-size: 12px; fill: #57606a; }
    .ground { fill: #ffffff; }
    .rect, .ellipse, .image, .link, .file { fill: #f6f8fa; stroke: #6b7682; stroke-width: 1.5; }
    .image { stroke-dasharray: 5 4; }
    .note { fill: #fff8c5; stroke: #d4a72c; stroke-width: 1.5; }
    .group { fill: none; stroke: #9aa4ae; stroke-width: 1.5; stroke-dasharray: 8 4; }
    .edge { stroke: #57606a; stroke-width: 1.5; }
    .head { fill: #57606a; stroke: none; }
    @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .label { fill: #9aa4ae; }
    .ground { fill: #14181d; }
    .rect, .ellipse, .image, .link, .file { fill: #20262d; stroke: #8b96a2; }
    .note { fill: #3b3211; }
    }
    """
}
