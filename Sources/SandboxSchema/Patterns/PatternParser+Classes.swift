import SandboxCore

extension PatternParser {
  mutating func characterClass() throws(SandboxError) -> PatternNode {
    let start = index
    advance()
    let isNegated = skip("^")
    var ranges: [ClosedRange<UInt32>] = []
    var properties: [UnicodeProperty] = []
    func add(_ member: Member) {
      switch member {
      case .scalar(let value): ranges.append(value...value)
      case .ranges(let more): ranges += more
      case .property(let property): properties.append(property)
      }
    }
    while !skip("]") {
      guard next != nil else { throw invalid("a class is not closed; \"]\" is missing", at: start) }
      let memberStart = index
      let member = try classMember()
      guard next == "-", let afterHyphen = peek(1), afterHyphen != "]" else {
        add(member)
        continue
      }
      advance()
      let other = try classMember()
      guard case .scalar(let first) = member, case .scalar(let last) = other else {
        // Between sets there is no range: the hyphen is itself, as in [\w-.], which many schemas have.
        for part in [member, .scalar(0x2D), other] { add(part) }
        continue
      }
      guard first <= last else { throw invalid("the ends of a range are out of order", at: memberStart) }
      ranges.append(first...last)
    }
    return .set(ScalarSet(ranges, properties: properties, isNegated: isNegated))
  }

  private mutating func classMember() throws(SandboxError) -> Member {
    if skip("\\-") { return .scalar(0x2D) }
    if skip("\\b") { return .scalar(0x08) }
    guard let scalar = next else { throw invalid("a class is not closed; \"]\" is missing") }
    if scalar == "\\" { return try escape() }
    advance()
    return .scalar(scalar.value)
  }
}
