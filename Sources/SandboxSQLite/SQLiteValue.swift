/// One value as SQLite stores it.
package enum SQLiteValue: Sendable, Hashable {
  case null
  case int(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  package var intValue: Int64? { if case .int(let value) = self { value } else { nil } }
  package var realValue: Double? { if case .real(let value) = self { value } else { nil } }
  package var textValue: String? { if case .text(let value) = self { value } else { nil } }
  package var blobValue: [UInt8]? { if case .blob(let value) = self { value } else { nil } }
  package var isNull: Bool { self == .null }
}

extension SQLiteValue {
  package init(_ value: Int64?) { self = value.map(SQLiteValue.int) ?? .null }
  package init(_ value: Double?) { self = value.map(SQLiteValue.real) ?? .null }
  package init(_ value: String?) { self = value.map(SQLiteValue.text) ?? .null }
  package init(_ value: [UInt8]?) { self = value.map(SQLiteValue.blob) ?? .null }
}

extension SQLiteValue: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  package init(nilLiteral: ()) { self = .null }
  package init(integerLiteral value: Int64) { self = .int(value) }
  package init(stringLiteral value: String) { self = .text(value) }
}
