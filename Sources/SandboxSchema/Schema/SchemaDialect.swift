/// The edition of JSON Schema by which a schema is read.
package struct SchemaDialect: Sendable, Hashable {
  package static let draft202012 = SchemaDialect(draft: .draft202012, vocabularies: .all)
  package static let draft7 = SchemaDialect(draft: .draft7, vocabularies: .all)
  /// As draft-07, but with `id` for `$id`.
  static let draft4 = SchemaDialect(draft: .draft4, vocabularies: .all)

  enum Draft: Sendable { case draft4, draft7, draft202012 }

  let draft: Draft
  let vocabularies: SchemaVocabularies

  /// The dialect of an official meta-schema; draft-06 has nothing that draft-07 lacks.
  init?(metaSchema uri: String) {
    guard let known = Self.known[Self.withoutScheme(uri)] else { return nil }
    self = known
  }

  init(draft: Draft, vocabularies: SchemaVocabularies) {
    self.draft = draft
    self.vocabularies = vocabularies
  }

  var isOlder: Bool { draft != .draft202012 }
  var identifierKeyword: String { draft == .draft4 ? "id" : "$id" }

  private static let known: [String: SchemaDialect] = [
    "json-schema.org/draft/2020-12/schema": .draft202012, "json-schema.org/schema": .draft202012,
    "json-schema.org/draft-07/schema": .draft7, "json-schema.org/draft-06/schema": .draft7,
    "json-schema.org/draft-04/schema": .draft4,
  ]

  /// Both schemes and an empty fragment are in use.
  private static func withoutScheme(_ uri: String) -> String {
    var rest = uri[...]
    for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.count) }
    while rest.last == "#" { rest = rest.dropLast() }
    return String(rest)
  }
}
