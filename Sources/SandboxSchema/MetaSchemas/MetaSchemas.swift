import SandboxCore

/// The official meta-schemas, which describe schemas. They are parsed when something refers to them.
enum MetaSchemas {
  /// The document of this URI, which has no fragment; nil when it is none of them.
  static func document(_ uri: String) -> JSONValue? {
    switch uri {
    case "http://json-schema.org/draft-07/schema", "https://json-schema.org/draft-07/schema": draft7
    case "https://json-schema.org/draft/2020-12/schema": draft202012
    case "https://json-schema.org/draft/2020-12/meta/core": core
    case "https://json-schema.org/draft/2020-12/meta/applicator": applicator
    case "https://json-schema.org/draft/2020-12/meta/unevaluated": unevaluated
    case "https://json-schema.org/draft/2020-12/meta/validation": validation
    case "https://json-schema.org/draft/2020-12/meta/meta-data": metaData
    case "https://json-schema.org/draft/2020-12/meta/format-annotation": formatAnnotation
    case "https://json-schema.org/draft/2020-12/meta/format-assertion": formatAssertion
    case "https://json-schema.org/draft/2020-12/meta/content": content
    default: nil
    }
  }

  // Globals are made when they are first used.
  private static let draft7 = parsed(draft7Text)
  private static let draft202012 = parsed(draft202012Text)
  private static let core = parsed(coreText)
  private static let applicator = parsed(applicatorText)
  private static let unevaluated = parsed(unevaluatedText)
  private static let validation = parsed(validationText)
  private static let metaData = parsed(metaDataText)
  private static let formatAnnotation = parsed(formatAnnotationText)
  private static let formatAssertion = parsed(formatAssertionText)
  private static let content = parsed(contentText)

  private static func parsed(_ text: String) -> JSONValue? { try? JSONValue(parsing: text) }
}
