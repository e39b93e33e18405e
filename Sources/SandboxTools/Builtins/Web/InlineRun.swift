/// A stretch of running text of one look. Its white space is collapsed already; `\n` alone is a line break.
struct InlineRun {
  struct Style: OptionSet, Hashable {
    let rawValue: UInt8
    static let strong = Style(rawValue: 1)
    static let emphasis = Style(rawValue: 2)
    static let deleted = Style(rawValue: 4)
    static let code = Style(rawValue: 8)
  }

  var text: String
  var style: Style
  /// The number of the link that it is part of.
  var link: Int?

  /// In headings and tables a line break is a space, of the look that is around it.
  var withoutBreak: InlineRun {
    text == "\n" ? InlineRun(text: " ", style: [.strong, .emphasis, .deleted], link: nil) : self
  }
}
