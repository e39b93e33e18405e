import SandboxCore

/// What a schema demands of an object. Numbers are those of nodes.
struct ObjectRules: Sendable {
  var minimum: Int?
  var maximum: Int?
  var required: [String] = []
  var properties: [JSONKey: Int] = [:]
  var patterns: [(pattern: Pattern, schema: Int)] = []
  var others: OtherParts?
  /// The names of the properties, for a message.
  var knownNames: [String] = []
  var names: Int?
  var dependentNames: [(name: String, required: [String])] = []
  var dependentSchemas: [(name: String, schema: Int)] = []
  var unevaluated: OtherParts?
  /// The keyword of ``dependentNames``, which differs between drafts.
  var dependencyKeyword = "dependentRequired"
}
