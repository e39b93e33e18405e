import SandboxCore

/// What is in a Markdown text, as the cloud keeps it with a document: words, sections, links, code, citations, outline.
///
/// Offsets count UTF-8 bytes of the Markdown text. A section goes from its heading to the next heading of the same or a
/// higher level. Words are those of the running text, without code blocks. A citation is a footnote: `text` is the
/// passage that refers to it, `source` the note. Each list has at most ``maximumEntries``.
struct DocumentMetadata {
  static let maximumEntries = 200
  private static let maximumCode = 4_000
  private static let maximumPassage = 240

  private struct Section {
    let id: String
    let title: String
    let level: Int
    let start: Int
    var end: Int
  }

  private struct Link: Hashable {
    let text: String
    let url: String
  }

  private var wordCount = 0
  private var sections: [Section] = []
  /// Those that have not ended, outermost first.
  private var openSections: [Int] = []
  private var links: [Link] = []
  private var knownLinks: Set<Link> = []
  private var codeBlocks: [(language: String, code: String)] = []
  private var passages: [String: String] = [:]
  private var notes: [(label: String, text: String)]
  private var slugs = HeadingSlugs()

  /// - Parameter blocks: what `text` was parsed to.
  static func extract(from text: String, blocks: [MarkdownBlock]) -> JSONValue {
    var metadata = DocumentMetadata(blocks)
    metadata.closeSections(at: text.utf8.count)
    return metadata.json
  }

  private init(_ blocks: [MarkdownBlock]) {
    notes = blocks.footnotes
    for block in blocks {
      if case .heading(let level, let text, let offset) = block { open(level, text, offset) }
      visit(block)
    }
    for note in notes { collectLinks(MarkdownInlineParser.parse(note.text)) }
  }

  // MARK: collecting

  private mutating func visit(_ block: MarkdownBlock) {
    switch block {
    case .heading(_, let text, _), .paragraph(let text): visit(text)
    case .code(let language, let code): codeBlocks.append((language, code))
    case .quote(let blocks): blocks.forEach { visit($0) }
    case .list(_, let items): items.joined().forEach { visit($0) }
    case .table(let header, _, let rows): (header + rows.joined()).forEach { visit($0) }
    case .footnote, .rule: break
    }
  }

  private mutating func visit(_ text: String) {
    let content = MarkdownInlineParser.parse(text)
    let plain = content.plainText
    wordCount += plain.split(whereSeparator: \.isWhitespace).count { $0.contains { $0.isLetter || $0.isNumber } }
    collectLinks(content)
    for label in content.footnoteLabels where passages[label] == nil {
      passages[label] = plain.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
  }

  private mutating func collectLinks(_ content: [MarkdownInline]) {
    for inline in content {
      switch inline {
      case .link(let inner, let url):
        let link = Link(text: inner.plainText, url: url)
        if knownLinks.insert(link).inserted { links.append(link) }
      case .emphasis(let inner), .strong(let inner), .strikethrough(let inner): collectLinks(inner)
      default: break
      }
    }
  }

  private mutating func open(_ level: Int, _ text: String, _ offset: Int) {
    while let last = openSections.last, sections[last].level >= level {
      sections[last].end = offset
      openSections.removeLast()
    }
    openSections.append(sections.count)
    let title = MarkdownInlineParser.parse(text).plainText
    sections.append(Section(id: slugs.slug(for: title), title: title, level: level, start: offset, end: offset))
  }

  private mutating func closeSections(at end: Int) {
    for index in openSections { sections[index].end = end }
  }

  // MARK: writing

  private var json: JSONValue {
    [
      "wordCount": .int(Int64(wordCount)),
      "sections": .array(sections.prefix(Self.maximumEntries).map(Self.json)),
      "links": .array(
        links.prefix(Self.maximumEntries).map { ["text": .string($0.text), "url": .string($0.url)] }),
      "codeBlocks": .array(
        codeBlocks.prefix(Self.maximumEntries).enumerated().map { index, block in
          [
            "id": .string("code-\(index + 1)"), "language": .string(block.language),
            "code": .string(String(block.code.prefix(Self.maximumCode))),
          ]
        }),
      "citations": .array(notes.prefix(Self.maximumEntries).map(citation)),
      "headingStructure": .array(outline(sections.prefix(Self.maximumEntries))),
    ]
  }

  private static func json(_ section: Section) -> JSONValue {
    [
      "id": .string(section.id), "title": .string(section.title), "level": .int(Int64(section.level)),
      "startOffset": .int(Int64(section.start)), "endOffset": .int(Int64(section.end)),
    ]
  }

  private func citation(_ note: (label: String, text: String)) -> JSONValue {
    let content = MarkdownInlineParser.parse(note.text)
    var citation: JSONObject = [
      "id": .string(note.label), "text": .string(String((passages[note.label] ?? "").prefix(Self.maximumPassage))),
      "source": .string(content.plainText),
    ]
    if let url = content.firstURL { citation["url"] = .string(url) }
    return .object(citation)
  }

  /// Headings as a tree: each with those of a lower level that follow it.
  private func outline(_ sections: ArraySlice<Section>) -> [JSONValue] {
    var result: [JSONValue] = []
    var index = sections.startIndex
    while index < sections.endIndex {
      let section = sections[index]
      let after = sections[(index + 1)...].firstIndex { $0.level <= section.level } ?? sections.endIndex
      result.append([
        "id": .string(section.id), "title": .string(section.title), "level": .int(Int64(section.level)),
        "children": .array(outline(sections[(index + 1)..<after])),
      ])
      index = after
    }
    return result
  }
}
