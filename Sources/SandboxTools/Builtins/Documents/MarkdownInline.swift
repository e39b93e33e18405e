/// A piece of running text.
indirect enum MarkdownInline {
  case text(String)
  case code(String)
  case emphasis([MarkdownInline])
  case strong([MarkdownInline])
  case strikethrough([MarkdownInline])
  case link([MarkdownInline], url: String)
  case image(alternative: String, source: String)
  case footnoteReference(String)
  case lineBreak

  /// What a reader sees.
  var plainText: String {
    switch self {
    case .text(let text), .code(let text): text
    case .emphasis(let inner), .strong(let inner), .strikethrough(let inner), .link(let inner, _): inner.plainText
    case .image(let alternative, _): alternative
    case .footnoteReference: ""
    case .lineBreak: " "
    }
  }
}

extension [MarkdownInline] {
  var plainText: String { map(\.plainText).joined() }
}
