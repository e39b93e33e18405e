/// One line of the live view, put together from pieces that are made safe as they are added.
struct StyledLine {
  private var pieces: [(text: String, style: TerminalStyle)] = []

  init(_ text: String = "", _ style: TerminalStyle = .plain) { add(text, style) }

  var width: Int { pieces.reduce(0) { $0 + TerminalText.width($1.text) } }

  /// Appends text; its own spaces at either end are not kept, `gap` says how many stand before it.
  mutating func add(_ text: String, _ style: TerminalStyle = .plain, gap: Int = 0) {
    let safe = TerminalText.line(text)
    guard !safe.isEmpty else { return }
    pieces.append((String(repeating: " ", count: gap) + safe, style))
  }

  func adding(_ text: String, _ style: TerminalStyle = .plain, gap: Int = 1) -> StyledLine {
    var line = self
    line.add(text, style, gap: gap)
    return line
  }

  /// The line moved two columns to the right.
  var indented: StyledLine {
    var line = self
    line.pieces.insert(("  ", .plain), at: 0)
    return line
  }

  /// The line in at most `columns`.
  func text(columns: Int, colour: Bool) -> String {
    var result = ""
    var left = columns
    for (index, piece) in pieces.enumerated() {
      // What follows is worth a look even when this piece fits exactly: then its end makes room for the ellipsis.
      let isCut =
        TerminalText.width(piece.text) > left || (TerminalText.width(piece.text) == left && index + 1 < pieces.count)
      let text = isCut ? TerminalText.fitted(piece.text + "…", columns: left) : piece.text
      result += colour && piece.style != .plain ? "\u{1B}[\(piece.style.rawValue)m\(text)\u{1B}[0m" : text
      left -= TerminalText.width(text)
      if isCut { break }
    }
    return result
  }
}
