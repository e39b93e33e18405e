/// What a chart shows, checked: finite numbers, at least one point, sizes within limits.
struct Chart: Sendable {
  enum Kind: String, Sendable, CaseIterable { case bar, line, pie, scatter }

  struct Point: Sendable {
    /// Category; empty for a point with a number on the x axis.
    let label: String
    let x: Double?
    let y: Double
  }

  struct Series: Sendable {
    let name: String
    let points: [Point]
  }

  let kind: Kind
  let title: String
  let xLabel: String
  let yLabel: String
  let series: [Series]

  static let maximumSeries = 12
  static let maximumPoints = 5_000
  static let maximumBars = 400
  static let maximumSlices = 8
  /// Beyond this, differences of two values could overflow.
  static let largestValue = 1e300

  /// Whether the x axis has numbers; otherwise it has categories.
  var isNumeric: Bool {
    kind == .scatter || (kind == .line && series.allSatisfy { $0.points.allSatisfy { $0.x != nil } })
  }

  /// The labels of all series, each once, in the order of their first appearance.
  var categories: [String] {
    var known: Set<String> = []
    return series.flatMap(\.points).map(\.label).filter { known.insert($0).inserted }
  }

  var values: [Double] { series.flatMap { $0.points.map(\.y) } }

  /// What a reader who cannot see the chart is told.
  var summary: String {
    let points = series.reduce(0) { $0 + $1.points.count }
    let names = series.map(\.name).filter { !$0.isEmpty }.joined(separator: ", ")
    var text = "\(kind.rawValue.capitalizedFirst) chart with \(points) \(points == 1 ? "value" : "values")"
    if !names.isEmpty { text += " of \(names)" }
    if let low = values.min(), let high = values.max() {
      text += ", from \(ChartNumber.plain(low)) to \(ChartNumber.plain(high))"
    }
    if points <= 12 {
      let items = series.flatMap(\.points).map { point in
        "\(point.x.map(ChartNumber.plain) ?? point.label): \(ChartNumber.plain(point.y))"
      }
      text += ". " + items.joined(separator: "; ")
    }
    return text + "."
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
