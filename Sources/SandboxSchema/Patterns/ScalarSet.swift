/// The scalars that a class of a pattern stands for.
struct ScalarSet: Sendable, Hashable {
  /// Sorted, without overlaps.
  private let ranges: [ClosedRange<UInt32>]
  private let properties: [UnicodeProperty]
  private let isNegated: Bool
  /// What it has of them, which is asked for most.
  let ascii: ASCIISet

  /// What a test of one scalar counts as work.
  var cost: Int { properties.count }

  init(_ ranges: [ClosedRange<UInt32>] = [], properties: [UnicodeProperty] = [], isNegated: Bool = false) {
    self.ranges = Self.merged(ranges)
    self.properties = Array(Set(properties))
    self.isNegated = isNegated
    var ascii = ASCIISet()
    for value in 0..<UInt8(ASCIISet.limit)
    where Self.contains(Unicode.Scalar(value), ranges: self.ranges, properties: properties) != isNegated {
      ascii.insert(UInt32(value))
    }
    self.ascii = ascii
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < ASCIISet.limit { return ascii.contains(scalar.value) }
    return Self.contains(scalar, ranges: ranges, properties: properties) != isNegated
  }

  private static func contains(
    _ scalar: Unicode.Scalar, ranges: [ClosedRange<UInt32>], properties: [UnicodeProperty]
  ) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      let range = ranges[middle]
      if scalar.value < range.lowerBound {
        high = middle
      } else if scalar.value > range.upperBound {
        low = middle + 1
      } else {
        return true
      }
    }
    return properties.contains { $0.contains(scalar) }
  }

  private static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var merged: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }
}

extension ScalarSet {
  static let all: ClosedRange<UInt32> = 0...0x10FFFF

  static let digitRanges: [ClosedRange<UInt32>] = [0x30...0x39]
  static let wordRanges: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
  /// WhiteSpace and LineTerminator of ECMA-262, which has the byte order mark besides Unicode's space separators.
  static let spaceRanges: [ClosedRange<UInt32>] = [
    0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
    0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
  ]

  static let word = ScalarSet(wordRanges)
  /// What `.` stands for: anything but the end of a line.
  static let dot = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029], isNegated: true)

  /// Everything that none of these has, which must be sorted.
  static func complement(of ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var result: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    if next <= all.upperBound { result.append(next...all.upperBound) }
    return result
  }
}
