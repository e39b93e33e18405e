/// What a tool does to the world, and so what a crash during its call means. The default is the one that is never
/// repeated.
package enum ToolEffect: String, Sendable, Codable, Hashable, CaseIterable {
  /// Changes nothing: may run again at will.
  case pure
  /// Running it again does no further harm.
  case idempotent
  /// The other side drops a repetition that carries the same key.
  case keyed
  /// The other side can be asked whether it happened.
  case queryable
  /// Can be undone.
  case compensable
  case unsafe

  /// Whether an attempt that failed half-way may be repeated in the same run without asking.
  package var mayRepeat: Bool { self == .pure || self == .idempotent || self == .keyed }
}
