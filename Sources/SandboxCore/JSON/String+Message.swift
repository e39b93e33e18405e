extension String {
  /// This text in quotes for a message of one line: control characters escaped, cut after 200 characters.
  var quotedForMessage: String {
    let cut = JSONValue.string(String(unicodeScalars.prefix(200))).text()
    return unicodeScalars.dropFirst(200).isEmpty ? cut : "\(cut)…"
  }

  /// This text without line breaks and other control characters.
  var onOneLine: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }
}
