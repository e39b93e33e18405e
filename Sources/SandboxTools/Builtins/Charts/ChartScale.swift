import Glibc

/// An axis: round numbers (1, 2 or 5 times a power of ten apart) that enclose the values.
struct ChartScale {
  let ticks: [Double]
  let step: Double

  var low: Double { ticks.first ?? 0 }
  var high: Double { ticks.last ?? 1 }

  /// - Parameter includesZero: as for bars, whose length means something only from zero on.
  init(_ values: [Double], includesZero: Bool, wanted: Int = 6) {
    var low = values.min() ?? 0
    var high = values.max() ?? 1
    if includesZero {
      low = min(low, 0)
      high = max(high, 0)
    }
    // Values that cannot be told apart at this size get some room around them.
    if high - low <= max(abs(low), abs(high)) * 1e-12 {
      let room = max(abs(high) * 0.1, high == 0 ? 1 : 0)
      if !includesZero || high <= 0 { low -= room }
      if !includesZero || high >= 0 { high += room }
    }
    step = Self.round((high - low) / Double(max(1, wanted - 1)))
    let first = floor(low / step + 1e-9)
    let last = ceil(high / step - 1e-9)
    let count = Int(max(1, min(24, last - first)))
    let size = step
    ticks = (0...count).map { (first + Double($0)) * size }
  }

  /// The position of a value between 0 (low) and 1 (high).
  func position(_ value: Double) -> Double { (value - low) / (high - low) }

  func label(_ tick: Double) -> String { ChartNumber.tick(tick, step: step) }

  private static func round(_ step: Double) -> Double {
    let power = pow(10, floor(log10(step)))
    guard power > 0, power.isFinite else { return max(step, .leastNormalMagnitude) }
    let leading = step / power
    return (leading <= 1.0001 ? 1 : leading <= 2.0001 ? 2 : leading <= 5.0001 ? 5 : 10) * power
  }
}
