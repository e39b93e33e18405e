/// A block of a Markdown text. Text in it is inline Markdown, see ``MarkdownInline``.
enum MarkdownBlock {
  /// `offset` is that of the line's first byte in the text.
  case heading(level: Int, text: String, offset: Int)
  case paragraph(String)
  case code(language: String, text: String)
  case quote([MarkdownBlock])
  case list(start: Int?, items: [[MarkdownBlock]])
  case table(header: [String], alignments: [Alignment], rows: [[String]])
  case footnote(label: String, text: String)
  case rule

  enum Alignment: String { case none, left, center, right }
}
