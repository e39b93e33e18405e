/// The narrowest SQL type that holds all values of a column without changing any.
enum ColumnType: Int, Comparable {
  /// No value seen yet.
  case null
  case integer
  case real
  case text

  static func < (left: ColumnType, right: ColumnType) -> Bool { left.rawValue < right.rawValue }

  /// A column without any value can hold text later.
  var declaration: String {
    switch self {
    case .null, .text: "TEXT"
    case .integer: "INTEGER"
    case .real: "REAL"
    }
  }

  /// The type of a written value. A number with leading zeros or more digits than fit is text: it is an identifier.
  static func of(_ bytes: some Collection<UInt8>) -> ColumnType {
    guard !bytes.isEmpty else { return .null }
    // Decides nearly all text at its first byte.
    var rest = bytes[...]
    if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    let whole = rest.prefix(while: isDigit)
    guard whole.count <= 18, whole.count <= 1 || whole.first != UInt8(ascii: "0") else { return .text }
    rest = rest.dropFirst(whole.count)
    if rest.isEmpty { return whole.isEmpty ? .text : .integer }
    if rest.first == UInt8(ascii: ".") {
      let fraction = rest.dropFirst().prefix(while: isDigit)
      guard !fraction.isEmpty else { return .text }
      rest = rest.dropFirst(1 + fraction.count)
    } else if whole.isEmpty {
      return .text
    }
    if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
      let exponent = rest.prefix(while: isDigit)
      guard (1...3).contains(exponent.count) else { return .text }
      rest = rest.dropFirst(exponent.count)
    }
    return rest.isEmpty ? .real : .text
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}
