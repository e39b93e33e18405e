extension HTMLConverter {
  /// A table in a table's cell means that the outer one only arranges the page.
  mutating func beginTable() {
    if let outer = tables.indices.last, !tables[outer].isLayout {
      let texts = tables[outer].takeTexts()
      tables[outer].isLayout = true
      for text in texts { blocks.write(text) }
      flush()
    }
    tables.append(HTMLTable())
  }

  mutating func endCell() {
    guard let table = tables.indices.last else { return flush() }
    guard !tables[table].isLayout else { return flush() }
    let text =
      isMarkdown
      ? inline.markdown(links: linkURLs, isSingleLine: true, isCell: true) : inline.plain.replacing("\n", with: " ")
    inline = InlineText()
    tables[table].endCell(text)
  }

  mutating func endTable() {
    guard var table = tables.popLast() else { return flush() }
    // What stood between the rows; browsers show it before the table.
    flush()
    let rows = table.rows.filter { row in row.contains { !$0.isEmpty } }
    let columns = rows.lazy.map(\.count).max() ?? 0
    guard columns > 1, rows.count > 1 else {
      for text in table.takeTexts() { blocks.write(text) }
      return
    }
    blocks.write(isMarkdown ? markdown(rows, columns) : plain(rows))
  }

  /// The first row as the header: Markdown's tables must have one. Stops at what the page may have in all.
  private func markdown(_ rows: [[String]], _ columns: Int) -> String {
    var text = ""
    for (index, row) in rows.enumerated() where text.utf8.count <= blocks.limit {
      if index > 0 { text += "\n" }
      text += "|"
      for column in 0..<columns { text += " \(column < row.count ? row[column] : "") |" }
      if index == 0 { text += "\n|" + String(repeating: " --- |", count: columns) }
    }
    return text
  }

  private func plain(_ rows: [[String]]) -> String { rows.map { $0.joined(separator: "\t") }.joined(separator: "\n") }
}

extension [HTMLTable] {
  mutating func changeLast(_ change: (inout HTMLTable) -> Void) {
    if let last = indices.last { change(&self[last]) }
  }
}

extension Array {
  /// The last index at which `predicate` holds, among as many elements from the end.
  func lastIndex(where predicate: (Element) -> Bool, within count: Int) -> Int? {
    indices.suffix(count).last { predicate(self[$0]) }
  }
}

extension String {
  var trimmingSpaces: String {
    var result = self[...]
    while result.first?.isWhitespace == true { result.removeFirst() }
    while result.last?.isWhitespace == true { result.removeLast() }
    return String(result)
  }
}
