import SandboxCore

/// The values that `enum` or `const` allows.
struct SchemaConstants: Sendable {
  let keyword: String
  /// As they are shown in a message.
  let shown: String
  private let allowsNull: Bool
  private let allowsTrue: Bool
  private let allowsFalse: Bool
  private let numbers: Set<ExactNumber>
  private let strings: Set<JSONKey>
  /// Arrays and objects.
  let composites: [JSONValue]

  init(keyword: String, values: [JSONValue], shown: String) {
    self.keyword = keyword
    self.shown = shown
    allowsNull = values.contains { $0.isNull }
    allowsTrue = values.contains(true)
    allowsFalse = values.contains(false)
    numbers = Set(values.compactMap(ExactNumber.init))
    strings = Set(values.compactMap { $0.stringValue.map(JSONKey.init) })
    composites = values.filter { $0.arrayValue != nil || $0.objectValue != nil }
  }

  /// Nil for an array or object, which is to be compared with the ``composites``.
  func contains(_ value: JSONValue) -> Bool? {
    switch value {
    case .null: allowsNull
    case .bool(let isTrue): isTrue ? allowsTrue : allowsFalse
    case .int, .double, .decimal: ExactNumber(value).map(numbers.contains) ?? false
    case .string(let text): strings.contains(JSONKey(text))
    case .array, .object: nil
    }
  }
}
