package import SandboxCore

/// A JSON Schema that is compiled once and then checks values: draft 2020-12 and draft-07, complete.
///
/// `$schema` chooses the dialect. `format` and the `content…` keywords are annotations and demand nothing; unknown
/// keywords are ignored, as the specification says. References lead into the same schema, into the documents that are
/// given with it, and to the official meta-schemas. Nothing is ever fetched.
package struct JSONSchema: Sendable {
  package static let maximumViolations = 10
  /// Schemas in one another, in the text and by reference.
  package static let maximumDepth = 128
  /// Schemas, names and constants in all.
  package static let maximumSize = 500_000

  /// A `$schema` that is not known and was read as draft 2020-12.
  package var unknownDialect: String? { program.unknownDialect }

  private let program: SchemaProgram

  /// - Parameters:
  ///   - documents: Other schemas that this one may refer to, by their URIs. They are read when something refers to
  ///     them, and by the dialect of the schema unless they name one.
  ///   - defaultDialect: How to read a schema without `$schema`.
  /// - Throws: `.invalidArgument` for what is no schema, refers to what is not there, or to itself without end;
  ///   `.unsupported` for what is too large or not done here, as some patterns. The cause is a ``SchemaProblem`` with
  ///   the place. An unknown `$schema` is not an error, see ``unknownDialect``.
  package init(
    compiling schema: JSONValue, documents: [String: JSONValue] = [:], defaultDialect: SchemaDialect = .draft202012
  ) throws(SandboxError) {
    do throws(SchemaProblem) {
      program = try SchemaCompiler.compile(schema, documents: documents, defaultDialect: defaultDialect)
    } catch {
      throw SandboxError(
        error.isUnsupported ? .unsupported : .invalidArgument, "schema: \(error.description)", cause: error)
    }
  }

  /// Everything that is wrong with the value, at most ``maximumViolations``; empty when it fits. The work is bounded
  /// whatever schema and value are: what cannot be checked within the bound is a violation.
  package func validate(_ value: JSONValue) -> [SchemaViolation] {
    SchemaValidator.violations(of: program, in: value)
  }
}
