extension [MarkdownBlock] {
  /// The notes of a text, also those inside of lists and quotes; the first of several under one label.
  var footnotes: [(label: String, text: String)] {
    var known: Set<String> = []
    return everyFootnote.filter { known.insert($0.label).inserted }
  }

  private var everyFootnote: [(label: String, text: String)] {
    flatMap { block -> [(label: String, text: String)] in
      switch block {
      case .footnote(let label, let text): [(label, text)]
      case .quote(let blocks): blocks.everyFootnote
      case .list(_, let items): items.flatMap(\.everyFootnote)
      default: []
      }
    }
  }

  /// The sources of all images, in order.
  var imageSources: [String] {
    flatMap { block -> [String] in
      switch block {
      case .heading(_, let text, _), .paragraph(let text): MarkdownInlineParser.parse(text).imageSources
      case .quote(let blocks): blocks.imageSources
      case .list(_, let items): items.flatMap(\.imageSources)
      case .table(let header, _, let rows):
        (header + rows.joined()).flatMap { MarkdownInlineParser.parse($0).imageSources }
      case .footnote(_, let text): MarkdownInlineParser.parse(text).imageSources
      case .code, .rule: []
      }
    }
  }
}

extension [MarkdownInline] {
  var imageSources: [String] {
    flatMap { inline -> [String] in
      switch inline {
      case .image(_, let source): [source]
      case .emphasis(let inner), .strong(let inner), .strikethrough(let inner), .link(let inner, _): inner.imageSources
      default: []
      }
    }
  }

  var footnoteLabels: [String] {
    flatMap { inline -> [String] in
      switch inline {
      case .footnoteReference(let label): [label]
      case .emphasis(let inner), .strong(let inner), .strikethrough(let inner), .link(let inner, _):
        inner.footnoteLabels
      default: []
      }
    }
  }

  var firstURL: String? {
    for inline in self {
      switch inline {
      case .link(_, let url): return url
      case .emphasis(let inner), .strong(let inner), .strikethrough(let inner):
        if let url = inner.firstURL { return url }
      default: continue
      }
    }
    return nil
  }
}
