import Glibc

extension ChartRenderer {
  // MARK: categories

  mutating func drawCategories(_ categories: [String], values: ChartScale) {
    var places: [String: Int] = [:]
    for (index, category) in categories.enumerated() { places[category] = index }
    let slot = plot.width / Double(categories.count)
    for (index, series) in chart.series.enumerated() {
      if chart.kind == .bar {
        drawBars(series, index, places, slot, values)
      } else {
        let points = series.points.map { point in
          (x: plot.left + (Double(places[point.label] ?? 0) + 0.5) * slot, y: height(point.y, values))
        }
        drawLine(series, index, points)
      }
    }
  }

  private mutating func drawBars(
    _ series: Chart.Series, _ index: Int, _ places: [String: Int], _ slot: Double, _ values: ChartScale
  ) {
    let count = Double(chart.series.count)
    let group = slot * 0.8
    let width = group / count
    let hasLabels = width >= 20 && chart.values.count <= 40
    let zero = height(0, values)
    for point in series.points {
      let x = plot.left + Double(places[point.label] ?? 0) * slot + (slot - group) / 2 + Double(index) * width
      let y = height(point.y, values)
      svg.rectangle(
        x, min(y, zero), width: max(0.5, width - (width > 6 ? 1 : 0)), height: abs(y - zero),
        className: "s\(index % ChartStyle.colors)", hint: hint(series, point))
      let text = ChartNumber.plain(point.y)
      if hasLabels, Self.textWidth(text, fontSize: 11) <= slot / count + 6 {
        svg.text(text, x + width / 2, point.y < 0 ? y + 12 : y - 4, anchor: .middle, className: "value")
      }
    }
  }

  // MARK: numbers

  mutating func drawNumeric(values: ChartScale, positions: ChartScale) {
    for (index, series) in chart.series.enumerated() {
      let points = series.points.compactMap { point in
        point.x.map { (x: plot.left + positions.position($0) * plot.width, y: height(point.y, values)) }
      }
      if chart.kind == .line {
        drawLine(series, index, points)
      } else {
        for (place, point) in zip(points, series.points) {
          svg.circle(
            place.x, place.y, radius: points.count > 500 ? 2 : 4, className: "s\(index % ChartStyle.colors)",
            hint: hint(series, point))
        }
      }
    }
  }

  private mutating func drawLine(_ series: Chart.Series, _ index: Int, _ points: [(x: Double, y: Double)]) {
    let dashed = index >= ChartStyle.colors ? " dashed" : ""
    svg.polyline(points, className: "l\(index % ChartStyle.colors)\(dashed)")
    guard points.count <= 100 else { return }
    for (place, point) in zip(points, series.points) {
      svg.circle(place.x, place.y, radius: 3, className: "s\(index % ChartStyle.colors)", hint: hint(series, point))
    }
  }

  private func height(_ value: Double, _ values: ChartScale) -> Double {
    plot.bottom - values.position(value) * plot.height
  }

  private func hint(_ series: Chart.Series, _ point: Chart.Point) -> String {
    (series.name.isEmpty ? "" : series.name + ", ") + "\(point.label): \(ChartNumber.plain(point.y))"
  }

  // MARK: pie

  mutating func drawPie() {
    let slices = slices()
    let largest = slices.map(\.y).max() ?? 1
    // Relative to the largest, so that the sum cannot overflow.
    let total = slices.reduce(0) { $0 + $1.y / largest }
    let radius = plot.height / 2 - 8
    let center = (x: plot.left + radius + 24, y: (plot.top + plot.bottom) / 2)
    var angle = -Double.pi / 2
    for (index, slice) in slices.enumerated() {
      let share = slice.y / largest / total
      let color = "s\(index % ChartStyle.colors)"
      let text = "\(slice.label): \(ChartNumber.plain(slice.y)) (\(Self.percent(share)))"
      if share > 0.9999 {
        svg.circle(center.x, center.y, radius: radius, className: color, hint: text)
      } else if share > 0 {
        svg.path(Self.slice(center, radius, from: angle, to: angle + share * 2 * .pi), className: color, hint: text)
      }
      angle += share * 2 * .pi
      let y = center.y - Double(slices.count) * 11 + Double(index) * 22
      let x = center.x + radius + 40
      svg.rectangle(x, y, width: 12, height: 12, className: color)
      svg.text(Self.shortened(slice.label, width: plot.right - x - 130), x + 20, y + 10)
      svg.text(
        "\(ChartNumber.plain(slice.y)) (\(Self.percent(share)))", plot.right, y + 10, anchor: .end, className: "value")
    }
  }

  /// The slices in their order; the smallest as one when there are too many.
  private func slices() -> [Chart.Point] {
    let points = chart.series[0].points
    guard points.count > Chart.maximumSlices else { return points }
    let order = points.indices.sorted { (points[$1].y, $0) < (points[$0].y, $1) }
    let kept = order.prefix(Chart.maximumSlices - 1).sorted()
    let rest = order.dropFirst(Chart.maximumSlices - 1).reduce(0) { $0 + points[$1].y / Double(points.count) }
    return kept.map { points[$0] }
      + [Chart.Point(label: "Other (\(points.count - kept.count))", x: nil, y: min(rest * Double(points.count), 1e305))]
  }

  private static func slice(
    _ center: (x: Double, y: Double), _ radius: Double, from start: Double, to end: Double
  ) -> String {
    func point(_ angle: Double) -> String {
      let (x, y) = (center.x + radius * cos(angle), center.y + radius * sin(angle))
      return "\(ChartNumber.coordinate(x)) \(ChartNumber.coordinate(y))"
    }
    let isLarge = end - start > .pi ? 1 : 0
    let (x, y, r) = (ChartNumber.coordinate(center.x), ChartNumber.coordinate(center.y), ChartNumber.coordinate(radius))
    return "M\(x) \(y)L\(point(start))A\(r) \(r) 0 \(isLarge) 1 \(point(end))Z"
  }

  private static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(tenths / 10).\(tenths % 10)%"
  }
}
