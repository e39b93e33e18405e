/// A piece of an HTML document. Comments, declarations and the like are none.
enum HTMLToken: Hashable {
  case text(String)
  case start(HTMLTag)
  case end(name: String)
}

/// A start tag, its name in lower case, with those of its attributes that matter for reading.
struct HTMLTag: Hashable {
  let name: String
  private(set) var attributes: [String: String] = [:]
  var isSelfClosing = false

  private static let kept: Set<String> = [
    "alt", "class", "colspan", "hidden", "href", "open", "rowspan", "start", "style",
  ]

  init(name: String) { self.name = name }

  subscript(attribute: String) -> String? { attributes[attribute] }

  /// Whether an attribute of that name is still to be kept: of two, the first counts.
  func wants(_ name: String) -> Bool { Self.kept.contains(name) && attributes[name] == nil }

  mutating func set(_ name: String, _ value: String) { attributes[name] = value }
}
