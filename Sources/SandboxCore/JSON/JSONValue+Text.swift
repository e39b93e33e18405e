extension JSONValue {
  /// This value as JSON text. Doubles keep a fraction or an exponent (`1.0`), so that they parse as doubles again.
  /// Nothing fails: what JSON cannot say (a double that is not finite, a `.decimal` that is not a number) is written
  /// as `null`.
  package func text(_ style: JSONStyle = .compact) -> String {
    String(decoding: utf8(style), as: UTF8.self)
  }

  /// ``text(_:)`` as UTF-8 bytes.
  package func utf8(_ style: JSONStyle = .compact) -> [UInt8] {
    var writer = JSONWriter(style: style)
    writer.write(self)
    return writer.bytes
  }
}

extension JSONValue: CustomStringConvertible {
  package var description: String { text() }
}
