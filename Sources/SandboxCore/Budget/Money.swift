/// An amount of money in whole micro-dollars. Sums are exact; a fraction of a micro-dollar is always rounded up, against
/// us. Saturates instead of overflowing.
package struct Money: Hashable, Sendable, Comparable, AdditiveArithmetic {
  package let microdollars: Int64

  package init(microdollars: Int64) { self.microdollars = microdollars }

  package static let zero = Money(microdollars: 0)

  /// The amount, rounded up to a whole micro-dollar; nil when it is not finite, negative or beyond what fits.
  package init?(dollars: Double) {
    guard dollars.isFinite, dollars >= 0, dollars <= 9_000_000_000 else { return nil }
    let exact = dollars * 1_000_000
    let nearest = exact.rounded()
    // 0.07 * 1,000,000 is a little more than 70,000 in binary: that is noise, not a fraction to be rounded up.
    let isNoise = (exact - nearest).magnitude <= 4 * nearest.ulp
    microdollars = Int64(isNoise ? nearest : exact.rounded(.up))
  }

  package var dollars: Double { Double(microdollars) / 1_000_000 }

  package static func + (lhs: Money, rhs: Money) -> Money {
    let (sum, overflow) = lhs.microdollars.addingReportingOverflow(rhs.microdollars)
    return Money(microdollars: overflow ? (rhs.microdollars < 0 ? .min : .max) : sum)
  }

  package static func - (lhs: Money, rhs: Money) -> Money {
    let (difference, overflow) = lhs.microdollars.subtractingReportingOverflow(rhs.microdollars)
    return Money(microdollars: overflow ? (rhs.microdollars < 0 ? .max : .min) : difference)
  }

  package static func < (lhs: Money, rhs: Money) -> Bool { lhs.microdollars < rhs.microdollars }
}

extension Money: Codable {
  package init(from decoder: any Decoder) throws {
    microdollars = try decoder.singleValueContainer().decode(Int64.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(microdollars)
  }
}

extension Money: CustomStringConvertible {
  /// `$0.012345`: dollars with six decimals, without a detour over floating point.
  package var description: String {
    let magnitude = microdollars.magnitude
    let fraction = String(magnitude % 1_000_000)
    let padding = String(repeating: "0", count: 6 - fraction.count)
    return "\(microdollars < 0 ? "-" : "")$\(magnitude / 1_000_000).\(padding)\(fraction)"
  }
}
