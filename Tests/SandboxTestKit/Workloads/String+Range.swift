extension StringProtocol {
  /// The first place where `needle` stands.
  func range(of needle: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
      formIndex(after: &start)
    }
    return nil
  }
}
