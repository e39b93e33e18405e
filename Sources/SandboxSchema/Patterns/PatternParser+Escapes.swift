import SandboxCore

extension PatternParser {
  /// What an escape or a member of a class stands for.
  enum Member {
    case scalar(UInt32)
    case ranges([ClosedRange<UInt32>])
    case property(UnicodeProperty)
  }

  /// An escape outside of a class.
  mutating func atomEscape() throws(SandboxError) -> PatternNode {
    switch peek(1) {
    case let digit? where digit >= "1" && digit <= "9": throw unsupported("back-references are not supported")
    case "k": throw unsupported("back-references are not supported")
    default: break
    }
    return switch try escape() {
    case .scalar(let value): .scalar(value)
    case .ranges(let ranges): .set(ScalarSet(ranges))
    case .property(let property): .set(ScalarSet(properties: [property]))
    }
  }

  /// An escape that means the same inside and outside of a class.
  mutating func escape() throws(SandboxError) -> Member {
    let start = index
    guard let scalar = peek(1) else { throw invalid("\"\\\" at the end; write \"\\\\\" for the character itself") }
    advance(2)
    switch scalar {
    case "d": return .ranges(ScalarSet.digitRanges)
    case "D": return .ranges(ScalarSet.complement(of: ScalarSet.digitRanges))
    case "w": return .ranges(ScalarSet.wordRanges)
    case "W": return .ranges(ScalarSet.complement(of: ScalarSet.wordRanges))
    case "s": return .ranges(ScalarSet.spaceRanges)
    case "S": return .ranges(ScalarSet.complement(of: ScalarSet.spaceRanges))
    case "p": return .property(try property(isNegated: false, at: start))
    case "P": return .property(try property(isNegated: true, at: start))
    case "t": return .scalar(0x09)
    case "n": return .scalar(0x0A)
    case "v": return .scalar(0x0B)
    case "f": return .scalar(0x0C)
    case "r": return .scalar(0x0D)
    case "c":
      guard let letter = next, letter.isASCII, letter.properties.isAlphabetic else {
        throw invalid("\"\\c\" must be followed by a letter", at: start)
      }
      advance()
      return .scalar(letter.value % 32)
    case "0":
      if let digit = next, digit >= "0", digit <= "9" { throw invalid("octal escapes do not exist", at: start) }
      return .scalar(0)
    case "x":
      guard let value = hexadecimal(digits: 2) else {
        throw invalid("\"\\x\" must be followed by two hexadecimal digits", at: start)
      }
      return .scalar(value)
    case "u": return .scalar(try unicodeEscape(at: start))
    // Strictly only ^$\.*+?()[]{}|/ may be escaped, but every other dialect allows all punctuation, and so do schemas.
    case _ where scalar.isASCII && !scalar.isLetterOrDigit: return .scalar(scalar.value)
    default:
      throw invalid("there is no such escape; a letter or digit stands for itself without \"\\\"", at: start)
    }
  }

  /// After `\u`: four digits, a pair of surrogates, or braces. A surrogate without its other half is allowed; no text
  /// has one.
  private mutating func unicodeEscape(at start: Int) throws(SandboxError) -> UInt32 {
    let problem = "\"\\u\" must be followed by four hexadecimal digits, or by those of a code point in braces"
    if skip("{") {
      var value: UInt32?
      while let digit = next.flatMap(Self.hexadecimalDigit) {
        value = (value ?? 0) * 16 + digit
        advance()
        if let value, value > ScalarSet.all.upperBound { throw invalid(problem, at: start) }
      }
      guard let value, skip("}") else { throw invalid(problem, at: start) }
      return value
    }
    guard let high = hexadecimal(digits: 4) else { throw invalid(problem, at: start) }
    let afterHigh = index
    if 0xD800...0xDBFF ~= high, skip("\\u"), let low = hexadecimal(digits: 4), 0xDC00...0xDFFF ~= low {
      return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
    }
    advance(afterHigh - index)
    return high
  }

  private mutating func hexadecimal(digits: Int) -> UInt32? {
    var value: UInt32 = 0
    for distance in 0..<digits {
      guard let digit = peek(distance).flatMap(Self.hexadecimalDigit) else { return nil }
      value = value * 16 + digit
    }
    advance(digits)
    return value
  }

  private static func hexadecimalDigit(_ scalar: Unicode.Scalar) -> UInt32? {
    switch scalar {
    case "0"..."9": scalar.value - 0x30
    case "a"..."f": scalar.value - 0x61 + 10
    case "A"..."F": scalar.value - 0x41 + 10
    default: nil
    }
  }

  /// After `\p` or `\P`.
  private mutating func property(isNegated: Bool, at start: Int) throws(SandboxError) -> UnicodeProperty {
    guard skip("{") else { throw invalid("\"\\p\" must be followed by a property in braces", at: start) }
    var name = ""
    while let scalar = next, scalar != "}" {
      name.unicodeScalars.append(scalar)
      advance()
    }
    guard skip("}") else { throw invalid("a property is not closed; \"}\" is missing", at: start) }
    switch UnicodeProperty.named(name) {
    case .known(var property):
      property.isNegated = isNegated
      return property
    case .beyondUs: throw unsupported("the property \(name.quotedPattern) is not supported", at: start)
    case .unknown: throw invalid("there is no property \(name.quotedPattern)", at: start)
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isLetterOrDigit: Bool { properties.isAlphabetic || properties.numericType != nil }
}
