import SandboxCore

extension Chart {
  /// Reads `data: [{label, value}]` or `series: [{name, points: [{label or x, y}]}]`.
  ///
  /// - Throws: `.invalidArgument` that says which value is wrong and what would be right.
  init(_ arguments: BuiltinArguments) throws(SandboxError) {
    title = try arguments.string("title", maximumBytes: 500)
    xLabel = try arguments.optionalString("xLabel") ?? ""
    yLabel = try arguments.optionalString("yLabel") ?? ""
    let type = try arguments.string("type")
    guard let kind = Kind(rawValue: type) else {
      throw SandboxError(.invalidArgument, "type is \(type.quoted); it must be bar, line, pie or scatter")
    }
    self.kind = kind
    series = try Self.series(arguments, kind)
    try check()
  }

  private static func series(_ arguments: BuiltinArguments, _ kind: Kind) throws(SandboxError) -> [Series] {
    if let list = arguments["series"]?.arrayValue {
      guard arguments["data"] == nil else {
        throw SandboxError(.invalidArgument, "give either data or series, not both")
      }
      return try list.enumerated().mapThrowing { index, item throws(SandboxError) in
        guard let points = item["points"]?.arrayValue else {
          throw SandboxError(
            .invalidArgument, "/series/\(index) has no array of points: write {\"name\": …, \"points\": […]}")
        }
        return Series(
          name: item["name"]?.stringValue ?? "Series \(index + 1)",
          points: try Self.points(points, at: "/series/\(index)/points", kind))
      }
    }
    guard let data = arguments["data"]?.arrayValue else {
      throw SandboxError(
        .invalidArgument,
        "there is nothing to draw: give data [{\"label\": …, \"value\": …}] or series [{\"name\": …, \"points\": […]}]"
      )
    }
    return [Series(name: "", points: try points(data, at: "/data", kind))]
  }

  private static func points(_ list: [JSONValue], at path: String, _ kind: Kind) throws(SandboxError) -> [Point] {
    guard list.count <= maximumPoints else {
      throw SandboxError(.limitExceeded, "\(path) has \(list.count) points; at most \(maximumPoints) can be drawn")
    }
    return try list.enumerated().mapThrowing { index, item throws(SandboxError) in
      let place = "\(path)/\(index)"
      let y = try number(item["y"] ?? item["value"], at: place, "y (or value)")
      if kind == .scatter || (item["label"] == nil && item["x"]?.isNumber == true) {
        let x = try number(item["x"], at: place, "x")
        return Point(label: ChartNumber.plain(x), x: x, y: y)
      }
      let label = item["label"] ?? item["x"]
      guard let text = label?.stringValue ?? (label?.isNumber == true ? label?.text() : nil) else {
        throw SandboxError(.invalidArgument, "\(place) has no label: write {\"label\": \"…\", \"value\": 1}")
      }
      return Point(label: text, x: nil, y: y)
    }
  }

  private static func number(_ value: JSONValue?, at place: String, _ name: String) throws(SandboxError) -> Double {
    guard let number = value?.doubleValue, number.isFinite, abs(number) <= largestValue else {
      throw SandboxError(
        .invalidArgument,
        "\(place): \(name) is \(value.map { String($0.text().prefix(80)) } ?? "missing"); it must be a finite number")
    }
    return number
  }

  private func check() throws(SandboxError) {
    guard series.contains(where: { !$0.points.isEmpty }) else {
      throw SandboxError(.invalidArgument, "there is nothing to draw: no series has a point")
    }
    guard series.count <= Self.maximumSeries else {
      throw SandboxError(
        .limitExceeded, "\(series.count) series are too many; at most \(Self.maximumSeries) can be told apart")
    }
    let total = series.reduce(0) { $0 + $1.points.count }
    guard total <= Self.maximumPoints else {
      throw SandboxError(.limitExceeded, "\(total) points are too many; at most \(Self.maximumPoints) can be drawn")
    }
    if kind == .bar, categories.count * series.count > Self.maximumBars {
      throw SandboxError(
        .limitExceeded,
        "\(categories.count * series.count) bars are too many; draw at most \(Self.maximumBars), or use a line chart")
    }
    if kind == .pie {
      guard series.count == 1 else {
        throw SandboxError(.invalidArgument, "a pie chart shows one series, not \(series.count); use a bar chart")
      }
      guard values.allSatisfy({ $0 >= 0 }), values.contains(where: { $0 > 0 }) else {
        throw SandboxError(
          .invalidArgument, "a pie chart needs values that are not negative and not all zero; use a bar chart")
      }
    }
  }
}
