/// What a single line says about the block it begins.
enum MarkdownLine {
  typealias Line = MarkdownParser.Line

  struct Fence {
    let mark: Character
    let length: Int
    let language: String

    func isClosed(by line: Line) -> Bool {
      let run = line.content.prefix { $0 == mark }.count
      return run >= length && line.content.dropFirst(run).allSatisfy { $0 == " " }
    }
  }

  struct ListMarker {
    let indent: Int
    /// Columns before the item's text.
    let width: Int
    let mark: Character
    /// Nil for a bullet.
    let number: Int?

    func isSibling(of other: ListMarker) -> Bool {
      (number == nil) == (other.number == nil) && mark == other.mark && indent < other.indent + 2
    }
  }

  /// Whether the line ends a paragraph before it.
  static func startsBlock(_ line: Line) -> Bool {
    line.isBlank || line.content.first == ">" || heading(line) != nil || fence(line) != nil || isRule(line)
      || footnote(line) != nil || listMarker(line) != nil
  }

  static func fence(_ line: Line) -> Fence? {
    let content = line.content
    guard let mark = content.first, mark == "`" || mark == "~" else { return nil }
    let length = content.prefix { $0 == mark }.count
    let rest = content.dropFirst(length)
    guard length >= 3, mark == "~" || !rest.contains("`") else { return nil }
    return Fence(
      mark: mark, length: length, language: String(rest.drop { $0 == " " }.prefix { $0 != " " && $0 != "{" }))
  }

  static func heading(_ line: Line) -> (level: Int, text: String)? {
    guard line.indent < 4 else { return nil }
    let content = line.content
    let level = content.prefix { $0 == "#" }.count
    guard (1...6).contains(level) else { return nil }
    var text = content.dropFirst(level)
    guard text.isEmpty || text.first == " " else { return nil }
    text = trimmed(text)
    let closing = text.reversed().prefix { $0 == "#" }.count
    if closing > 0 {
      let rest = text.dropLast(closing)
      if rest.isEmpty || rest.last == " " { text = trimmed(rest) }
    }
    return (level, String(text))
  }

  /// The heading level of a line of `=` or `-` under a text.
  static func underline(_ line: Line) -> Int? {
    let content = trimmed(line.content)
    guard line.indent < 4, content.count >= 2, let mark = content.first, content.allSatisfy({ $0 == mark }) else {
      return nil
    }
    return mark == "=" ? 1 : mark == "-" ? 2 : nil
  }

  static func isRule(_ line: Line) -> Bool {
    let content = line.content.filter { $0 != " " }
    guard content.count >= 3, let mark = content.first, "-*_".contains(mark) else { return false }
    return content.allSatisfy { $0 == mark }
  }

  /// `[^label]: text`
  static func footnote(_ line: Line) -> (label: String, text: String)? {
    guard line.content.hasPrefix("[^"), let end = line.content.firstIndex(of: "]") else { return nil }
    let label = line.content[..<end].dropFirst(2)
    let rest = line.content[end...].dropFirst()
    guard rest.first == ":", !label.isEmpty, label.count <= 64, !label.contains(" ") else { return nil }
    return (String(label), String(trimmed(rest.dropFirst())))
  }

  static func listMarker(_ line: Line) -> ListMarker? {
    let content = line.content
    let digits = content.prefix { $0.isASCII && $0.isNumber }
    let rest = content.dropFirst(digits.count)
    guard let mark = rest.first else { return nil }
    let isMarker = digits.isEmpty ? "-*+".contains(mark) : digits.count <= 9 && ".)".contains(mark)
    guard isMarker, !isRule(line) else { return nil }
    let spaces = rest.dropFirst().prefix { $0 == " " }.count
    guard spaces > 0 || rest.dropFirst().isEmpty else { return nil }
    let width = line.indent + digits.count + 1 + (1...4 ~= spaces ? spaces : 1)
    return ListMarker(indent: line.indent, width: width, mark: mark, number: digits.isEmpty ? nil : Int(digits) ?? 1)
  }

  /// The columns of a table's second line, as `|:--|--:|`.
  static func alignments(_ line: Line) -> [MarkdownBlock.Alignment]? {
    guard line.text.contains("-"), line.text.contains("|") else { return nil }
    var alignments: [MarkdownBlock.Alignment] = []
    for cell in cells(line) {
      let dashes = cell.drop { $0 == ":" }.prefix { $0 == "-" }.count
      let (left, right) = (cell.first == ":", cell.count > 1 && cell.last == ":")
      guard dashes > 0, dashes + (left ? 1 : 0) + (right ? 1 : 0) == cell.count else { return nil }
      alignments.append(left && right ? .center : left ? .left : right ? .right : .none)
    }
    return alignments
  }

  /// A table row's cells; `\|` is a bar in a cell.
  static func cells(_ line: Line) -> [String] {
    var cells: [String] = []
    var cell = ""
    var isEscaped = false
    var content = trimmed(line.content)
    if content.first == "|" { content.removeFirst() }
    for character in content {
      if character == "|", !isEscaped {
        cells.append(String(trimmed(cell[...])))
        cell = ""
      } else {
        if character == "|" { cell.removeLast() }
        cell.append(character)
      }
      isEscaped = character == "\\" && !isEscaped
    }
    if !trimmed(cell[...]).isEmpty || content.last != "|" { cells.append(String(trimmed(cell[...]))) }
    return cells
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
