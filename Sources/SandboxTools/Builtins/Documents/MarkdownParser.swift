/// Parses the Markdown that models write: headings, paragraphs, fenced code, quotes, nested lists, tables, rules and
/// footnotes. Not all of CommonMark: no raw HTML, no indented code, no reference links. Whatever is none of these is a
/// paragraph; nothing fails. Takes linear time for each of at most ``maximumDepth`` levels.
struct MarkdownParser {
  struct Line {
    /// Without the line break, and without the markers of the blocks it is in.
    let text: Substring
    /// Where the line begins in the whole text, in UTF-8 bytes.
    let offset: Int

    var indent: Int { text.prefix { $0 == " " }.count }
    var content: Substring { text.drop { $0 == " " } }
    var isBlank: Bool { text.allSatisfy { $0 == " " || $0 == "\t" } }

    func dropping(_ columns: Int) -> Line { Line(text: text.dropFirst(min(columns, indent)), offset: offset) }
  }

  static let maximumDepth = 12

  private let lines: [Line]
  private let depth: Int
  private var next = 0
  private var blocks: [MarkdownBlock] = []

  private init(_ lines: [Line], depth: Int) {
    self.lines = lines
    self.depth = depth
  }

  static func parse(_ text: String) -> [MarkdownBlock] {
    var lines: [Line] = []
    var offset = 0
    for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let visible = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      let indent = visible.prefix { $0 == UInt8(ascii: "\t") }
      if indent.isEmpty {
        lines.append(Line(text: Substring(visible), offset: offset))
      } else {
        let spaces = String(repeating: "    ", count: indent.count)
        lines.append(Line(text: spaces + Substring(visible.dropFirst(indent.count)), offset: offset))
      }
      offset += line.count + 1
    }
    return parse(lines, depth: 0)
  }

  private static func parse(_ lines: [Line], depth: Int) -> [MarkdownBlock] {
    var parser = MarkdownParser(lines, depth: depth)
    parser.run()
    return parser.blocks
  }

  private mutating func run() {
    while next < lines.count {
      let line = lines[next]
      if line.isBlank {
        next += 1
      } else if let fence = MarkdownLine.fence(line) {
        code(fence)
      } else if let (level, text) = MarkdownLine.heading(line) {
        blocks.append(.heading(level: level, text: text, offset: line.offset))
        next += 1
      } else if MarkdownLine.isRule(line) {
        blocks.append(.rule)
        next += 1
      } else if let (label, text) = MarkdownLine.footnote(line) {
        next += 1
        blocks.append(.footnote(label: label, text: ([text] + continuation()).joined(separator: " ")))
      } else if depth < Self.maximumDepth, line.content.first == ">" {
        quote()
      } else if depth < Self.maximumDepth, let marker = MarkdownLine.listMarker(line) {
        list(marker)
      } else if !table() {
        paragraph()
      }
    }
  }

  private mutating func code(_ fence: MarkdownLine.Fence) {
    let indent = lines[next].indent
    next += 1
    var text = ""
    while next < lines.count {
      defer { next += 1 }
      if fence.isClosed(by: lines[next]) { break }
      text += lines[next].dropping(indent).text + "\n"
    }
    blocks.append(.code(language: fence.language, text: text))
  }

  private mutating func paragraph() {
    var text = [String(lines[next].content)]
    next += 1
    if next < lines.count, text.count == 1, let level = MarkdownLine.underline(lines[next]) {
      blocks.append(.heading(level: level, text: text[0], offset: lines[next - 1].offset))
      next += 1
      return
    }
    text += continuation()
    blocks.append(.paragraph(text.joined(separator: "\n")))
  }

  /// The lines that belong to the paragraph before them.
  private mutating func continuation() -> [String] {
    var text: [String] = []
    while next < lines.count, !MarkdownLine.startsBlock(lines[next]) {
      text.append(String(lines[next].content))
      next += 1
    }
    return text
  }

  private mutating func quote() {
    var inner: [Line] = []
    while next < lines.count {
      let line = lines[next]
      let content = line.content
      if content.first == ">" {
        let rest = content.dropFirst()
        inner.append(Line(text: rest.first == " " ? rest.dropFirst() : rest, offset: line.offset))
      } else if MarkdownLine.startsBlock(line) {
        break
      } else {
        inner.append(line)
      }
      next += 1
    }
    blocks.append(.quote(Self.parse(inner, depth: depth + 1)))
  }

  private mutating func list(_ first: MarkdownLine.ListMarker) {
    var items: [[MarkdownBlock]] = []
    while next < lines.count, let marker = MarkdownLine.listMarker(lines[next]), marker.isSibling(of: first) {
      items.append(Self.parse(item(marker), depth: depth + 1))
      while next < lines.count, lines[next].isBlank { next += 1 }
    }
    blocks.append(.list(start: first.number, items: items))
  }

  /// The lines of one item without its marker and indentation.
  private mutating func item(_ marker: MarkdownLine.ListMarker) -> [Line] {
    let line = lines[next]
    var item = [Line(text: line.text.dropFirst(marker.width), offset: line.offset)]
    next += 1
    while next < lines.count {
      let line = lines[next]
      if line.isBlank {
        // Blank lines belong to the item only when more of the item follows.
        guard let more = lines[next...].firstIndex(where: { !$0.isBlank }), lines[more].indent > marker.indent + 1
        else {
          break
        }
        item += lines[next..<more]
        next = more
        continue
      } else if line.indent <= marker.indent + 1, lines[next - 1].isBlank || MarkdownLine.startsBlock(line) {
        break
      }
      item.append(line.dropping(marker.width))
      next += 1
    }
    return item
  }

  private mutating func table() -> Bool {
    guard next + 1 < lines.count, lines[next].text.contains("|"),
      let alignments = MarkdownLine.alignments(lines[next + 1])
    else { return false }
    let header = MarkdownLine.cells(lines[next])
    guard header.count == alignments.count else { return false }
    next += 2
    var rows: [[String]] = []
    while next < lines.count, lines[next].text.contains("|"), !lines[next].isBlank {
      var cells = MarkdownLine.cells(lines[next]).prefix(header.count)
      cells += Array(repeating: "", count: header.count - cells.count)
      rows.append(Array(cells))
      next += 1
    }
    blocks.append(.table(header: header, alignments: alignments, rows: rows))
    return true
  }
}
