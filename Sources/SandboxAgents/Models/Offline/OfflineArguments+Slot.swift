import SandboxCore

extension OfflineArguments {
  /// One argument to fill, as its schema describes it.
  struct Slot: Sendable {
    let name: String
    let schema: JSONValue
    /// Whether no other text must be given, so that there is no doubt what a quotation is for.
    let isOnlyText: Bool

    enum Kind: Sendable {
      case url, email, date, identifier, title, question, pattern, query, text, place, column, table, other
    }

    var stems: [String] { OfflineWords(name).stems }

    var type: String {
      if let type = schema["type"]?.stringValue { return type }
      if let types = schema["type"]?.arrayValue {
        return types.compactMap(\.stringValue).first { $0 != "null" } ?? "string"
      }
      return schema["properties"] != nil ? "object" : schema["items"] != nil ? "array" : "string"
    }

    var isText: Bool { type == "string" }
    var isNumber: Bool { type == "integer" || type == "number" }

    var isPath: Bool {
      ["path", "file", "filenam", "filepath", "directory", "folder", "dir"].contains { word in
        stems.contains(word) || stems.contains(OfflineLexicon.stem(word))
      }
    }

    var kind: Kind {
      let format = schema["format"]?.stringValue ?? ""
      func names(_ words: String...) -> Bool { stems.contains { words.map(OfflineLexicon.stem).contains($0) } }
      if format.hasPrefix("uri") || names("url", "uri", "link", "endpoint") { return .url }
      if format == "email" || names("email", "recipient") { return .email }
      if format.hasPrefix("date") || names("date", "day", "since", "until") { return .date }
      if names("id", "identifier", "key", "ticket", "issue", "code", "number") || format == "uuid" {
        return .identifier
      }
      if names("title", "subject", "headline") { return .title }
      if names("question", "prompt", "request", "instruction", "task") { return .question }
      if names("pattern", "phrase", "term", "needle", "regex", "symbol") { return .pattern }
      if names("query", "search", "keyword") { return .query }
      if names("text", "message", "content", "body", "sentence", "input", "string", "word", "comment") { return .text }
      if names("city", "location", "place", "country", "region", "address") { return .place }
      if names("column", "field") { return .column }
      if names("table") { return .table }
      return .other
    }

    /// What would have to be known, for the answer.
    var want: String {
      if let choices = schema["enum"]?.arrayValue {
        return "the request names none of " + choices.map { $0.stringValue ?? $0.text() }.joined(separator: ", ")
      }
      if isPath { return "no file of that kind is known" }
      if isNumber { return "the request gives no number that is clearly meant for it" }
      return "nothing in the request or the results so far says what it should be"
    }
  }
}
