/// Everything that one schema demands.
struct SchemaRules: Sendable {
  /// The schema `false`.
  var isNever = false
  var types: SchemaTypes?
  var constants: [SchemaConstants] = []
  var numbers = NumberRules()
  var strings = StringRules()
  var arrays = ArrayRules()
  var objects = ObjectRules()
  var inPlace: [InPlaceRule] = []
}
