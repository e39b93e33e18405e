/// A `Content-Type` header (RFC 9110, section 8.3).
struct MediaType {
  /// In lower case, without parameters; empty when there is no header.
  let name: String
  let charset: String?

  init(_ header: String?) {
    let parts = (header ?? "").split(separator: ";", omittingEmptySubsequences: false)
    name = Self.trimmed(parts.first ?? "").lowercased()
    charset =
      parts.dropFirst().lazy.compactMap { part -> String? in
        let pair = part.split(separator: "=", maxSplits: 1)
        guard pair.count == 2, Self.trimmed(pair[0]).lowercased() == "charset" else { return nil }
        let value = Self.trimmed(pair[1]).trimming { $0 == "\"" || $0 == "'" }
        return value.isEmpty ? nil : String(value)
      }.first
  }

  enum Content { case html, xhtml, json, text, unreadable }

  /// What the type says the body is; nil when it says nothing.
  var content: Content? {
    switch name {
    case "", "application/octet-stream", "unknown/unknown": nil
    case "text/html": .html
    case "application/xhtml+xml": .xhtml
    case "application/json", "text/json": .json
    case "application/xml", "application/javascript", "application/x-ndjson", "application/yaml", "application/toml":
      .text
    default:
      name.hasSuffix("+json") ? .json : name.hasPrefix("text/") || name.hasSuffix("+xml") ? .text : .unreadable
    }
  }

  private static func trimmed(_ text: Substring) -> Substring { text.trimming { $0 == " " || $0 == "\t" } }
}

extension Substring {
  fileprivate func trimming(_ isLeftOut: (Character) -> Bool) -> Substring {
    var result = drop(while: isLeftOut)
    while let last = result.last, isLeftOut(last) { result.removeLast() }
    return result
  }
}
