extension String {
  /// This text for an error message: on one line, without control characters, cut after `limit` characters. What other
  /// systems say goes through here, so that it can neither forge a log line nor fill a journal.
  package func excerpt(_ limit: Int = 300) -> String {
    let kept = onOneLine.unicodeScalars.prefix(limit)
    return unicodeScalars.dropFirst(limit).isEmpty ? String(kept) : "\(String(kept))…"
  }
}
