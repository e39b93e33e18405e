import SandboxCore

/// The types that a value may have.
struct SchemaTypes: OptionSet, Sendable, Hashable {
  let rawValue: UInt8

  private static let names = ["string", "integer", "number", "boolean", "array", "object", "null"]

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init?(name: String) {
    guard let position = Self.names.firstIndex(of: name) else { return nil }
    self.init(rawValue: 1 << UInt8(position))
  }

  static let null = SchemaTypes(rawValue: 64)
  static let boolean = SchemaTypes(rawValue: 8)
  static let integer = SchemaTypes(rawValue: 2)
  static let number = SchemaTypes(rawValue: 4)
  static let string = SchemaTypes(rawValue: 1)
  static let array = SchemaTypes(rawValue: 16)
  static let object = SchemaTypes(rawValue: 32)

  static var allNames: String { names.joined(separator: ", ") }

  func matches(_ value: JSONValue) -> Bool {
    switch value {
    case .null: contains(.null)
    case .bool: contains(.boolean)
    case .int: !isDisjoint(with: [.integer, .number])
    case .double, .decimal: contains(.number) || contains(.integer) && value.isIntegral
    case .string: contains(.string)
    case .array: contains(.array)
    case .object: contains(.object)
    }
  }
}

extension SchemaTypes: CustomStringConvertible {
  var description: String {
    Self.names.enumerated().filter { contains(SchemaTypes(rawValue: 1 << UInt8($0.offset))) }.map(\.element)
      .joined(separator: " or ")
  }
}
