/// What a child reads from its standard input.
package enum ProcessInput: Sendable {
  /// `/dev/null`: the child sees the end at once.
  case none
  /// These bytes, then the end. A child that does not read them all is no error.
  case bytes([UInt8])
}
