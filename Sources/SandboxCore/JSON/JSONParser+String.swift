extension JSONParser {
  /// Reads a string; the next byte is its opening quote.
  mutating func string() throws(JSONSyntaxError) -> String {
    position += 1
    let start = position
    skipPlain()
    if byte == UInt8(ascii: "\"") {
      return try close(UnsafeBufferPointer(rebasing: text[start..<position]), from: start)
    }
    return try escapedString(from: start)
  }

  private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
    var bytes = Array(text[start..<position])
    while true {
      switch byte {
      case UInt8(ascii: "\""):
        return try bytes.withUnsafeBufferPointer { bytes throws(JSONSyntaxError) in try close(bytes, from: start) }
      case UInt8(ascii: "\\"):
        try escape(into: &bytes)
      default:
        guard position < text.count else { throw failure("the text ends inside a string") }
        throw failure("a control character in a string must be escaped, found \(found)")
      }
      let start = position
      skipPlain()
      bytes.append(contentsOf: text[start..<position])
    }
  }

  /// The string of these bytes, past its closing quote.
  private mutating func close(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) throws(JSONSyntaxError) -> String {
    // Decoding repairs what is not UTF-8, and a repair always changes the bytes. This is faster than
    // `String(validating:as:)`, which the standard library does not specialise.
    let string = String(decoding: bytes, as: UTF8.self)
    guard Self.isASCII(bytes) || string.utf8.elementsEqual(bytes) else { throw invalidUTF8(from: start) }
    position += 1
    return string
  }

  @inline(__always)
  private static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let raw = UnsafeRawBufferPointer(bytes)
    var seen: UInt64 = 0
    var position = 0
    while position + 8 <= raw.count {
      seen |= raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      position += 8
    }
    while position < raw.count {
      seen |= UInt64(raw[position])
      position += 1
    }
    return seen & 0x8080_8080_8080_8080 == 0
  }

  /// Moves to the next quote, backslash, control character or the end of the text, eight bytes at a time.
  @inline(__always)
  private mutating func skipPlain() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let raw = UnsafeRawBufferPointer(text)
    while position + 8 <= raw.count {
      let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      // The high bit of a byte is set where a byte is zero, or below 0x20; a borrow can only reach bytes further up,
      // so the lowest set bit is right.
      let stops =
        ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- ones &* 0x20) & ~word)
      let marked = stops & (ones &* 0x80)
      if marked != 0 {
        position += marked.trailingZeroBitCount / 8
        return
      }
      position += 8
    }
    while position < text.count, text[position] >= 0x20, text[position] != 0x22, text[position] != 0x5C {
      position += 1
    }
  }

  private mutating func escape(into bytes: inout [UInt8]) throws(JSONSyntaxError) {
    position += 1
    let plain: UInt8
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain = byte
    case UInt8(ascii: "b"): plain = 0x08
    case UInt8(ascii: "f"): plain = 0x0C
    case UInt8(ascii: "n"): plain = 0x0A
    case UInt8(ascii: "r"): plain = 0x0D
    case UInt8(ascii: "t"): plain = 0x09
    case UInt8(ascii: "u"):
      let scalar = try unicodeEscape()
      bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      return
    default: throw failure("unknown escape in a string: \"\\\" before \(found)")
    }
    bytes.append(plain)
    position += 1
  }

  /// Reads `uXXXX`, and a second escape when the first is the high half of a surrogate pair.
  private mutating func unicodeEscape() throws(JSONSyntaxError) -> Unicode.Scalar {
    let start = position - 1
    position += 1
    var code = try hexadecimal()
    if UTF16.isLeadSurrogate(code), byte == UInt8(ascii: "\\"), position + 1 < text.count,
      text[position + 1] == UInt8(ascii: "u")
    {
      position += 2
      let low = try hexadecimal()
      if UTF16.isTrailSurrogate(low) { return UTF16.decode(UTF16.EncodedScalar([code, low])) }
      code = 0xD800
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw JSONSyntaxError(offset: start, problem: "a surrogate escape without its other half is not a character")
    }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt16 {
    var code: UInt16 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x41 + 10
      case 0x61...0x66: digit = byte - 0x61 + 10
      default: throw failure("\"\\u\" needs four hexadecimal digits, found \(found)")
      }
      code = code << 4 | UInt16(digit)
      position += 1
    }
    return code
  }

  private func invalidUTF8(from start: Int) -> JSONSyntaxError {
    var offset = start
    var bytes = text[start...].makeIterator()
    var decoder = Unicode.UTF8.ForwardParser()
    while case .valid(let scalar) = decoder.parseScalar(from: &bytes) { offset += scalar.count }
    return JSONSyntaxError(offset: offset, problem: "the text is not valid UTF-8")
  }
}
