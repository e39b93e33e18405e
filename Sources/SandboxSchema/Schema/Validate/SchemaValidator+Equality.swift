import SandboxCore

/// Equality as JSON Schema has it: numbers by what they amount to, objects without regard to order.
extension SchemaValidator {
  private static let fewElements = 8

  /// Two equal elements, if there are any.
  mutating func twins(in elements: [JSONValue], _ depth: Int) -> (Int, Int)? {
    if elements.count <= Self.fewElements {
      for second in elements.indices {
        for first in 0..<second where isSame(elements[first], elements[second], depth) { return (first, second) }
      }
      return nil
    }
    // Setting up costs more than a step for each.
    guard spend(elements.count << 1) else { return nil }
    var firsts: [Int: Int] = [:]
    firsts.reserveCapacity(elements.count)
    // Different elements with the same hash, which hardly happens.
    var others: [Int: [Int]] = [:]
    for (second, element) in elements.enumerated() {
      var hasher = Hasher()
      hash(element, into: &hasher, depth)
      if isGivenUp { return nil }
      let digest = hasher.finalize()
      guard let first = firsts.updateValue(second, forKey: digest) else { continue }
      for first in [first] + (others[digest] ?? []) where isSame(elements[first], element, depth) {
        return (first, second)
      }
      others[digest, default: []].append(first)
    }
    return nil
  }

  mutating func isSame(_ left: JSONValue, _ right: JSONValue, _ depth: Int) -> Bool {
    guard isWithin(depth), spend(1) else { return false }
    switch (left, right) {
    case (.array(let left), .array(let right)):
      guard left.count == right.count else { return false }
      for index in left.indices where !isSame(left[index], right[index], depth + 1) { return false }
      return true
    case (.object(let left), .object(let right)):
      guard left.count == right.count else { return false }
      for (key, value) in left {
        guard let other = right[key], isSame(value, other, depth + 1) else { return false }
      }
      return true
    case (.int(let left), .int(let right)): return left == right
    case (.string, .string): return spend(left.comparisonCost) && left == right
    default:
      guard left.isNumber, right.isNumber else { return left == right }
      return spend(left.comparisonCost + right.comparisonCost) && ExactNumber(left) == ExactNumber(right)
    }
  }

  private mutating func hash(_ value: JSONValue, into hasher: inout Hasher, _ depth: Int) {
    guard isWithin(depth), spend(1 + value.comparisonCost) else { return }
    switch value {
    case .int, .double, .decimal: hasher.combine(ExactNumber(value))
    case .array(let elements):
      hasher.combine(elements.count)
      for element in elements { hash(element, into: &hasher, depth + 1) }
    case .object(let object):
      // The order of members does not count, so their hashes are combined by an operation that does not see it.
      var combined = 0
      for (key, member) in object {
        var inner = Hasher()
        inner.combine(JSONKey(key))
        hash(member, into: &inner, depth + 1)
        combined ^= inner.finalize()
      }
      hasher.combine(object.count)
      hasher.combine(combined)
    default: hasher.combine(value)
    }
  }

  /// The recursion goes no deeper than that of schemas.
  private mutating func isWithin(_ depth: Int) -> Bool {
    if depth >= Self.maximumDepth { isGivenUp = true }
    return !isGivenUp
  }
}

extension JSONValue {
  /// Steps for comparing it with something, beyond the first, without what is inside of it.
  var comparisonCost: Int {
    switch self {
    case .string(let text): text.utf8.count >> 6
    case .decimal(let literal): 4 + (literal.utf8.count >> 2)
    case .double(let double): double.magnitude < 0x1p53 ? 0 : 8
    default: 0
    }
  }
}
