/// Writes Markdown as an HTML fragment. All text is escaped; links keep only safe targets; nothing is loaded from
/// elsewhere when the page is opened.
struct HTMLRenderer {
  /// Images of the session by the source that the text names, as `data:` addresses.
  let images: [String: String]

  private var slugs = HeadingSlugs()
  private var footnotes: FootnoteNumbers
  private var html = ""

  static func render(_ blocks: [MarkdownBlock], images: [String: String] = [:]) -> String {
    let notes = blocks.footnotes
    var renderer = HTMLRenderer(images: images, footnotes: FootnoteNumbers(labels: Set(notes.map(\.label))))
    renderer.write(blocks)
    renderer.write(notes)
    return renderer.html
  }

  private init(images: [String: String], footnotes: FootnoteNumbers) {
    self.images = images
    self.footnotes = footnotes
  }

  private mutating func write(_ blocks: [MarkdownBlock]) {
    for block in blocks { write(block) }
  }

  private mutating func write(_ block: MarkdownBlock) {
    switch block {
    case .heading(let level, let text, _):
      let content = MarkdownInlineParser.parse(text)
      html += "<h\(level) id=\"\(Markup.escape(slugs.slug(for: content.plainText)))\">"
      write(content)
      html += "</h\(level)>\n"
    case .paragraph(let text):
      html += "<p>"
      write(MarkdownInlineParser.parse(text))
      html += "</p>\n"
    case .code(let language, let text):
      let attribute = language.isEmpty ? "" : " class=\"language-\(Markup.escape(language))\""
      html += "<pre><code\(attribute)>\(Markup.escape(text))</code></pre>\n"
    case .quote(let blocks):
      html += "<blockquote>\n"
      write(blocks)
      html += "</blockquote>\n"
    case .list(let start, let items): writeList(start: start, items: items)
    case .table(let header, let alignments, let rows): writeTable(header, alignments, rows)
    case .footnote: break
    case .rule: html += "<hr>\n"
    }
  }

  private mutating func writeList(start: Int?, items: [[MarkdownBlock]]) {
    html += start.map { $0 == 1 ? "<ol>\n" : "<ol start=\"\($0)\">\n" } ?? "<ul>\n"
    for item in items {
      html += "<li>"
      if case .paragraph(let text)? = item.first {
        // The text of an item stands without a paragraph of its own, as in a list of single lines.
        write(MarkdownInlineParser.parse(text.checkboxed))
        if item.count > 1 { html += "\n" }
        write(Array(item.dropFirst()))
      } else {
        write(item)
      }
      html += "</li>\n"
    }
    html += start == nil ? "</ul>\n" : "</ol>\n"
  }

  private mutating func writeTable(_ header: [String], _ alignments: [MarkdownBlock.Alignment], _ rows: [[String]]) {
    html += "<div class=\"table\"><table>\n<thead><tr>"
    writeCells("th", header, alignments)
    html += "</tr></thead>\n<tbody>\n"
    for row in rows {
      html += "<tr>"
      writeCells("td", row, alignments)
      html += "</tr>\n"
    }
    html += "</tbody>\n</table></div>\n"
  }

  private mutating func writeCells(_ tag: String, _ cells: [String], _ alignments: [MarkdownBlock.Alignment]) {
    for (cell, alignment) in zip(cells, alignments) {
      html += alignment == .none ? "<\(tag)>" : "<\(tag) class=\"\(alignment.rawValue)\">"
      write(MarkdownInlineParser.parse(cell))
      html += "</\(tag)>"
    }
  }

  private mutating func write(_ content: [MarkdownInline]) {
    for inline in content { write(inline) }
  }

  private mutating func write(_ inline: MarkdownInline) {
    switch inline {
    case .text(let text): html += Markup.escape(text)
    case .code(let text): html += "<code>\(Markup.escape(text))</code>"
    case .emphasis(let inner): wrap("em", inner)
    case .strong(let inner): wrap("strong", inner)
    case .strikethrough(let inner): wrap("del", inner)
    case .lineBreak: html += "<br>\n"
    case .link(let inner, let url):
      guard let url = Markup.safeURL(url) else { return write(inner) }
      html += "<a href=\"\(Markup.escape(url))\">"
      write(inner)
      html += "</a>"
    case .image(let alternative, let source): writeImage(alternative, source)
    case .footnoteReference(let label):
      if let number = footnotes.number(of: label) {
        html += "<sup><a href=\"#note-\(number)\">\(number)</a></sup>"
      } else {
        html += Markup.escape("[^\(label)]")
      }
    }
  }

  private mutating func wrap(_ tag: String, _ inner: [MarkdownInline]) {
    html += "<\(tag)>"
    write(inner)
    html += "</\(tag)>"
  }

  private mutating func writeImage(_ alternative: String, _ source: String) {
    if let data = images[source] {
      html += "<img src=\"\(Markup.escape(data))\" alt=\"\(Markup.escape(alternative))\">"
    } else if let url = Markup.safeURL(source) {
      html += "<a href=\"\(Markup.escape(url))\">\(Markup.escape(alternative.isEmpty ? source : alternative))</a>"
    } else {
      html += Markup.escape(alternative)
    }
  }

  private mutating func write(_ notes: [(label: String, text: String)]) {
    guard !notes.isEmpty else { return }
    let numbered = notes.map { (number: footnotes.number(of: $0.label) ?? 0, text: $0.text) }
    html += "<section class=\"notes\">\n<ol>\n"
    for note in numbered.sorted(by: { $0.number < $1.number }) {
      html += "<li id=\"note-\(note.number)\" value=\"\(note.number)\">"
      write(MarkdownInlineParser.parse(note.text))
      html += "</li>\n"
    }
    html += "</ol>\n</section>\n"
  }
}

/// Numbers footnotes in the order in which the text refers to them.
private struct FootnoteNumbers {
  /// Those that have a note.
  let labels: Set<String>
  private var numbers: [String: Int] = [:]

  init(labels: Set<String>) { self.labels = labels }

  mutating func number(of label: String) -> Int? {
    guard labels.contains(label) else { return nil }
    if let number = numbers[label] { return number }
    numbers[label] = numbers.count + 1
    return numbers.count
  }
}

extension String {
  /// `[x] done` as `☑ done`.
  fileprivate var checkboxed: String {
    if hasPrefix("[ ] ") { return "☐ " + dropFirst(4) }
    return hasPrefix("[x] ") || hasPrefix("[X] ") ? "☑ " + dropFirst(4) : self
  }
}
