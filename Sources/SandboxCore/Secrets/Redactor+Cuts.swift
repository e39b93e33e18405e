extension Redactor {
  /// The beginning of a text whose rest is gone, without what can be the beginning of a secret at its end.
  package func redact(beginning bytes: [UInt8]) -> [UInt8] {
    var stream = RedactingStream(self)
    return stream.push(bytes)
  }

  /// The end of a text whose beginning is gone. As many bytes as can be the end of a secret are left out; a mask can be
  /// longer than what it hides, but not twice as long.
  package func redact(end bytes: [UInt8]) -> [UInt8] { Array(redact(bytes).dropFirst(2 * longest)) }
}
