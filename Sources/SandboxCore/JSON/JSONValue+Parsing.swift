extension JSONValue {
  /// Parses one JSON text, strictly by RFC 8259. Beyond its grammar these are refused: a key that occurs twice in an
  /// object, a surrogate without its other half, a byte order mark, and what passes `limits`. No number is ever
  /// rounded.
  ///
  /// - Throws: ``SandboxError`` with code `invalid_argument`; the message names line and column.
  package init(parsing text: String, limits: JSONLimits = .default) throws(SandboxError) {
    var text = text
    self = try text.withUTF8 { Self.parse($0, limits) }.get()
  }

  /// Parses bytes, which must be valid UTF-8.
  ///
  /// - Throws: As ``init(parsing:limits:)-(String,_)``.
  package init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .default) throws(SandboxError) {
    let result =
      bytes.withContiguousStorageIfAvailable { Self.parse($0, limits) }
      ?? Array(bytes).withUnsafeBufferPointer { Self.parse($0, limits) }
    self = try result.get()
  }

  // A result, because the closures of the standard library's `with…` functions lose the type of what they throw.
  private static func parse(_ text: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits) -> Result<JSONValue, SandboxError>
  {
    guard text.count <= limits.size else {
      return .failure(
        SandboxError(.invalidArgument, "JSON text of \(text.count) bytes is larger than the limit of \(limits.size)"))
    }
    var parser = JSONParser(text, depth: limits.depth)
    do throws(JSONSyntaxError) {
      return .success(try parser.document())
    } catch {
      return .failure(error.located(in: text))
    }
  }
}
