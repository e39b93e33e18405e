/// Parses running text: emphasis, code, links, images, footnote references, bare addresses. What does not close is
/// plain text. Takes linear time, and nests at most ``maximumDepth`` deep, whatever the text.
struct MarkdownInlineParser {
  static let maximumDepth = 24

  /// An emphasis that has begun; it becomes plain text if it never ends.
  private struct Frame {
    var mark: Character = " "
    var length = 0
    var children: [MarkdownInline] = []

    var opening: String { String(repeating: mark, count: length) }
  }

  private let text: [Character]
  private let end: Int
  private let spans: MarkdownSpans
  private let allowsLinks: Bool
  private var position: Int
  private var plain = ""
  private var frames = [Frame()]

  private init(_ text: [Character], _ range: Range<Int>, spans: MarkdownSpans, allowsLinks: Bool) {
    self.text = text
    position = range.lowerBound
    end = range.upperBound
    self.spans = spans
    self.allowsLinks = allowsLinks
  }

  static func parse(_ text: String) -> [MarkdownInline] {
    let characters = Array(text)
    var parser = MarkdownInlineParser(
      characters, 0..<characters.count, spans: MarkdownSpans(characters), allowsLinks: true)
    return parser.run()
  }

  private mutating func run() -> [MarkdownInline] {
    while position < end {
      let character = text[position]
      switch character {
      case "\\": escape()
      case "`": code()
      case "*", "_", "~": emphasis(character)
      case "!" where position + 1 < end && text[position + 1] == "[": image()
      case "[" where allowsLinks: link()
      case "<" where allowsLinks: address()
      case "h" where allowsLinks && isBareAddress: bareAddress()
      case "\n": lineBreak()
      default: take(1)
      }
    }
    flush()
    collapse(to: 0)
    return frames[0].children
  }

  private mutating func take(_ count: Int) {
    plain.append(contentsOf: String(text[position..<min(position + count, end)]))
    position += count
  }

  private mutating func flush() {
    guard !plain.isEmpty else { return }
    frames[frames.count - 1].children.append(.text(plain))
    plain = ""
  }

  private mutating func add(_ inline: MarkdownInline) {
    flush()
    frames[frames.count - 1].children.append(inline)
  }

  private mutating func escape() {
    guard position + 1 < end, text[position + 1].isASCII,
      text[position + 1].isPunctuation || text[position + 1].isSymbol
    else { return take(1) }
    position += 1
    take(1)
  }

  private mutating func code() {
    let run = spans.runLength(at: position)
    guard let close = spans.codeEnd[position], close + run <= end else { return take(run) }
    var inner = text[(position + run)..<close].map { $0 == "\n" ? " " : $0 }[...]
    if inner.count > 2, inner.first == " ", inner.last == " " { inner = inner.dropFirst().dropLast() }
    add(.code(String(inner)))
    position = close + run
  }

  /// Two spaces or a backslash before the line's end make a break; otherwise the line's end is a space.
  private mutating func lineBreak() {
    if plain.hasSuffix("  ") || plain.hasSuffix("\\") {
      while plain.last == " " || plain.last == "\\" { plain.removeLast() }
      add(.lineBreak)
    } else {
      plain.append("\n")
    }
    position += 1
  }

  // MARK: emphasis

  private mutating func emphasis(_ mark: Character) {
    var run = 1
    while position + run < end, text[position + run] == mark { run += 1 }
    guard run <= 3, mark != "~" || run == 2 else { return take(run) }
    let before = position > 0 ? text[position - 1] : " "
    let after = position + run < end ? text[position + run] : " "
    let isInWord = mark == "_" && before.isWordCharacter && after.isWordCharacter
    position += run
    flush()
    var rest = run
    if !before.isWhitespace, !isInWord, mark != "_" || !after.isWordCharacter {
      while rest > 0, let length = close(mark, rest) { rest -= length }
    }
    guard rest > 0 else { return }
    if !after.isWhitespace, !isInWord, frames.count + 1 < Self.maximumDepth, mark != "_" || !before.isWordCharacter {
      if rest == 3 { frames.append(Frame(mark: mark, length: 2)) }
      frames.append(Frame(mark: mark, length: rest == 3 ? 1 : rest))
    } else {
      plain += String(repeating: mark, count: rest)
    }
  }

  /// Ends the innermost emphasis that `rest` marks can end, and says how many of them that takes.
  private mutating func close(_ mark: Character, _ rest: Int) -> Int? {
    let isFitting = { (frame: Frame) in frame.mark == mark && (rest == 2 ? frame.length == 2 : frame.length <= rest) }
    guard let index = frames.indices.dropFirst().last(where: { isFitting(frames[$0]) }) else { return nil }
    collapse(to: index)
    let frame = frames.removeLast()
    guard !frame.children.isEmpty else {
      frames[frames.count - 1].children.append(.text(frame.opening + frame.opening))
      return frame.length
    }
    let inline: MarkdownInline =
      mark == "~"
      ? .strikethrough(frame.children) : frame.length == 2 ? .strong(frame.children) : .emphasis(frame.children)
    frames[frames.count - 1].children.append(inline)
    return frame.length
  }

  /// Turns what began after the frame at `index` and never ended into plain text of that frame.
  private mutating func collapse(to index: Int) {
    let open = frames[(index + 1)...]
    frames.removeSubrange((index + 1)...)
    for frame in open {
      frames[index].children.append(.text(frame.opening))
      frames[index].children += frame.children
    }
  }

  // MARK: links

  private mutating func image() {
    guard let close = spans.closing[position + 1], close < end, let target = target(after: close) else {
      return take(2)
    }
    let alternative = String(text[(position + 2)..<close])
    add(.image(alternative: alternative, source: target.url))
    position = target.end
  }

  private mutating func link() {
    guard let close = spans.closing[position], close < end else { return take(1) }
    if text[position + 1] == "^", close > position + 2, close - position <= 66 {
      let label = String(text[(position + 2)..<close])
      if !label.contains(where: \.isWhitespace) {
        add(.footnoteReference(label))
        position = close + 1
        return
      }
    }
    guard let target = target(after: close) else { return take(1) }
    var inner = MarkdownInlineParser(text, (position + 1)..<close, spans: spans, allowsLinks: false)
    add(.link(inner.run(), url: target.url))
    position = target.end
  }

  /// `(url)` or `(url "title")` behind a closing bracket.
  private func target(after close: Int) -> (url: String, end: Int)? {
    guard close + 1 < end, text[close + 1] == "(" else { return nil }
    var (index, depth, url) = (close + 2, 0, "")
    var isInTitle = false
    let limit = min(end, close + Self.maximumTarget)
    while index < limit {
      let character = text[index]
      if character == ")" && depth == 0 { return (url.strippingAngles, index + 1) }
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      // A bracket would be the next link: looking no further keeps this linear.
      if character == "\n" || character == "[" { return nil }
      if character == " ", !url.isEmpty { isInTitle = true }
      if !isInTitle, character != " " { url.append(character) }
      index += 1
    }
    return nil
  }

  private static let maximumTarget = 2_048

  /// `<https://…>`
  private mutating func address() {
    let rest = text[(position + 1)..<min(end, position + Self.maximumTarget)]
    guard let close = rest.firstIndex(where: { $0 == ">" || $0.isWhitespace || $0 == "<" }), text[close] == ">" else {
      return take(1)
    }
    let url = String(text[(position + 1)..<close])
    guard url.hasPrefix("http://") || url.hasPrefix("https://") || url.hasPrefix("mailto:") else { return take(1) }
    add(.link([.text(url)], url: url))
    position = close + 1
  }

  private var isBareAddress: Bool {
    guard position == 0 || !text[position - 1].isWordCharacter else { return false }
    return text[position..<min(end, position + 8)].starts(with: "http://")
      || text[position..<min(end, position + 8)].starts(with: "https://")
  }

  private mutating func bareAddress() {
    let rest = text[position..<min(end, position + Self.maximumTarget)]
    var stop = rest.firstIndex { $0.isWhitespace || "<>\"`|)]*".contains($0) } ?? rest.endIndex
    while stop > position, ".,;:!?'".contains(text[stop - 1]) { stop -= 1 }
    let url = String(text[position..<stop])
    add(.link([.text(url)], url: url))
    position = stop
  }
}

extension Character {
  fileprivate var isWordCharacter: Bool { isLetter || isNumber }
}

extension String {
  fileprivate var strippingAngles: String {
    hasPrefix("<") && hasSuffix(">") && count >= 2 ? String(dropFirst().dropLast()) : self
  }
}
