/// The vocabularies of draft 2020-12 that demand anything; the core is always there (core specification, 8.1).
struct SchemaVocabularies: OptionSet, Sendable, Hashable {
  let rawValue: UInt8

  static let applicator = SchemaVocabularies(rawValue: 1)
  static let validation = SchemaVocabularies(rawValue: 2)
  static let unevaluated = SchemaVocabularies(rawValue: 4)
  static let all: SchemaVocabularies = [.applicator, .validation, .unevaluated]

  /// Nil for a vocabulary that is not known here.
  init?(uri: String) {
    switch uri {
    case "https://json-schema.org/draft/2020-12/vocab/applicator": self = .applicator
    case "https://json-schema.org/draft/2020-12/vocab/validation": self = .validation
    case "https://json-schema.org/draft/2020-12/vocab/unevaluated": self = .unevaluated
    case "https://json-schema.org/draft/2020-12/vocab/core", "https://json-schema.org/draft/2020-12/vocab/content",
      "https://json-schema.org/draft/2020-12/vocab/meta-data",
      "https://json-schema.org/draft/2020-12/vocab/format-annotation":
      self = []
    default: return nil
    }
  }

  init(rawValue: UInt8) { self.rawValue = rawValue }
}
