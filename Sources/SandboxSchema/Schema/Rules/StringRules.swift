/// What a schema demands of a string.
struct StringRules: Sendable {
  /// Unicode scalars.
  var minimum: Int?
  var maximum: Int?
  var pattern: Pattern?
}
