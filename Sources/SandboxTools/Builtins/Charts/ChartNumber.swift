import Glibc

/// Numbers as a reader expects them: `1,250`, `0.25`, `1.5e12`.
enum ChartNumber {
  /// With as many digits as it takes, at most six significant ones after the point.
  static func plain(_ value: Double) -> String {
    if value == 0 { return "0" }
    let size = abs(value)
    if size >= 1e12 || size < 1e-4 { return scientific(value) }
    let decimals = size >= 1000 ? 2 : size >= 1 ? 4 : 6
    return fixed(value, decimals: decimals, trimsZeros: true)
  }

  /// A tick's label, with the digits that tell ticks of this distance apart.
  static func tick(_ value: Double, step: Double) -> String {
    if abs(value) < step / 1000 { return "0" }
    if abs(value) >= 1e12 || step < 1e-6 { return scientific(value) }
    return fixed(value, decimals: max(0, min(9, Int(-floor(log10(step) + 1e-9)))), trimsZeros: false)
  }

  /// For SVG coordinates: two decimals, never an exponent.
  static func coordinate(_ value: Double) -> String {
    let hundredths = Int((max(-1e6, min(1e6, value)) * 100).rounded())
    let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    let digits = rest < 10 ? "0\(rest)" : rest % 10 == 0 ? "\(rest / 10)" : "\(rest)"
    return "\(sign)\(whole).\(digits)"
  }

  private static func scientific(_ value: Double) -> String {
    let exponent = Int(floor(log10(abs(value))))
    // In two steps, because 10^-exponent alone can be beyond a double.
    let half = exponent / 2
    let mantissa = value / pow(10, Double(half)) / pow(10, Double(exponent - half))
    return "\(fixed(mantissa, decimals: 2, trimsZeros: true))e\(exponent)"
  }

  /// - Parameter value: of a size below 1e12.
  private static func fixed(_ value: Double, decimals: Int, trimsZeros: Bool) -> String {
    // Nine decimals of a number below a million still fit in the integer below.
    let decimals = abs(value) < 1e6 ? decimals : min(decimals, 3)
    let factor = pow(10, Double(decimals))
    let scaled = (abs(value) * factor).rounded()
    let (whole, fraction) = Int64(scaled).quotientAndRemainder(dividingBy: Int64(factor))
    var digits = String(fraction)
    digits = String(repeating: "0", count: max(0, decimals - digits.count)) + digits
    if trimsZeros { while digits.last == "0" { digits.removeLast() } }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return sign + grouped(whole) + (decimals == 0 || digits.isEmpty ? "" : "." + digits)
  }

  private static func grouped(_ value: Int64) -> String {
    var result = ""
    let digits = String(value)
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result
  }
}
