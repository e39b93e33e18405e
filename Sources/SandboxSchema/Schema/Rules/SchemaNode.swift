import SandboxCore

/// One schema inside of a compiled one. Others are named by their index, so that a schema may contain itself.
///
/// A class, because it is read far more often than made: going through one costs a reference, not copies of its rules.
final class SchemaNode: Sendable {
  let pointer: JSONPointer
  /// The resource that it belongs to, for dynamic references.
  let resource: Int
  let rules: SchemaRules
  let tracksParts: Bool

  init(pointer: JSONPointer, resource: Int, rules: SchemaRules) {
    self.pointer = pointer
    self.resource = resource
    self.rules = rules
    tracksParts = rules.arrays.unevaluated != nil || rules.objects.unevaluated != nil
  }

  /// The schemas that are applied to the same value, without going into it.
  var inPlace: [Int] { rules.inPlace.flatMap(\.schemas) + rules.objects.dependentSchemas.map(\.schema) }
}
