package import SandboxCore

/// A JSON Schema that is compiled once and then checks values: the part of draft 2020-12 that tools use.
///
/// Supported are `type`, `enum`, `const`, the bounds of numbers, strings, arrays and objects, `multipleOf` of an
/// integer, `uniqueItems`, `properties`, `required`, `additionalProperties`, `items`, `allOf`, `anyOf`, `oneOf` and
/// `$ref` within the same schema. Annotations, `format` among them, demand nothing. Any other keyword is refused when
/// the schema is compiled: a rule that is not checked must not look as if it were.
package struct JSONSchema: Sendable {
  package static let maximumViolations = 10
  /// Schemas in one another, and schemas in all.
  static let maximumDepth = 64
  static let maximumNodes = 50_000

  private let nodes: [SchemaNode]

  /// - Throws: `.invalidArgument` for what is no schema, `.unsupported` for a keyword that is not checked here; the
  ///   cause is a ``SchemaProblem`` with the place.
  package init(compiling schema: JSONValue) throws(SandboxError) {
    do throws(SchemaProblem) {
      nodes = try SchemaCompiler.compile(schema)
    } catch {
      throw SandboxError(
        error.isUnsupported ? .unsupported : .invalidArgument, "schema: \(error.description)", cause: error)
    }
  }

  /// Everything that is wrong with the value, at most ``maximumViolations``; empty when it fits. The work is bounded
  /// whatever schema and value are: what cannot be checked within the bound is a violation.
  package func validate(_ value: JSONValue) -> [SchemaViolation] {
    var validator = SchemaValidator(nodes: nodes)
    validator.check(value, against: 0, depth: 0)
    return validator.violations
  }
}
