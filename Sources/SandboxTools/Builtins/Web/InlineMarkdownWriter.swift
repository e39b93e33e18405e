/// Writes runs of text as Markdown, with marks that are properly nested.
struct InlineMarkdownWriter {
  private enum Mark: Hashable {
    case link(Int)
    case strong, emphasis, deleted
  }

  let links: [String]
  let isCell: Bool

  private var result = ""
  private var open: [Mark] = []
  private var isLineStart = true

  init(links: [String], isCell: Bool) {
    self.links = links
    self.isCell = isCell
  }

  mutating func write(_ run: InlineRun) {
    if run.text == "\n" {
      switchMarks(to: [])
      result += "  \n"
      isLineStart = true
      return
    }
    switchMarks(to: marks(of: run))
    result += run.style.contains(.code) ? code(run.text) : escaped(run.text)
    isLineStart = false
  }

  mutating func finish() -> String {
    switchMarks(to: [])
    return result
  }

  // MARK: - Marks

  private func marks(of run: InlineRun) -> [Mark] {
    var marks: [Mark] = []
    if let link = run.link, links.indices.contains(link) { marks.append(.link(link)) }
    if run.style.contains(.strong) { marks.append(.strong) }
    if run.style.contains(.emphasis) { marks.append(.emphasis) }
    if run.style.contains(.deleted) { marks.append(.deleted) }
    return marks
  }

  private mutating func switchMarks(to target: [Mark]) {
    let kept = open.prefix { target.contains($0) }.count
    while open.count > kept { close(open.removeLast()) }
    for mark in target where !open.contains(mark) {
      result += Self.opening(mark)
      open.append(mark)
    }
  }

  private static func opening(_ mark: Mark) -> String {
    switch mark {
    case .link: "["
    case .strong: "**"
    case .emphasis: "*"
    case .deleted: "~~"
    }
  }

  private mutating func close(_ mark: Mark) {
    guard case .link(let number) = mark else {
      result += Self.opening(mark)
      return
    }
    let url = links[number]
    result += url.utf8.contains { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: ")") } ? "](<\(url)>)" : "](\(url))"
  }

  // MARK: - Text

  /// A code span whose fence is longer than any run of backticks in it.
  private func code(_ text: String) -> String {
    let fence = String(repeating: "`", count: text.longestRun(of: "`") + 1)
    let pad = text.first == "`" || text.last == "`" ? " " : ""
    let content = isCell ? text.replacing("|", with: "\\|") : text
    return fence + pad + content + pad + fence
  }

  /// The text with a backslash before what would be a mark, and nothing else.
  private func escaped(_ text: String) -> String {
    guard isLineStart || text.utf8.contains(where: Self.mayBeMark) else { return text }
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    for (index, scalar) in scalars.enumerated() {
      if isMark(scalar, at: index, in: scalars) { result.append("\\") }
      result.append(scalar)
    }
    return isLineStart ? Self.escapingLineStart(String(result)) : String(result)
  }

  private static func mayBeMark(_ byte: UInt8) -> Bool { "\\`*_[]<&~|".utf8.contains(byte) }

  private func isMark(_ scalar: Unicode.Scalar, at index: Int, in text: [Unicode.Scalar]) -> Bool {
    func neighbour(_ offset: Int) -> Unicode.Scalar? {
      text.indices.contains(index + offset) ? text[index + offset] : nil
    }
    func isWord(_ scalar: Unicode.Scalar?) -> Bool {
      scalar?.properties.isAlphabetic ?? false || scalar?.isDigit ?? false
    }
    switch scalar {
    case "\\", "`", "*", "[", "]": return true
    case "|": return isCell
    case "_": return !(isWord(neighbour(-1)) && isWord(neighbour(1)))
    case "~": return neighbour(-1) == "~" || neighbour(1) == "~"
    case "<": return neighbour(1).map { $0.properties.isAlphabetic || $0 == "/" || $0 == "!" || $0 == "?" } ?? false
    case "&":
      let name = text[(index + 1)...].prefix(32).prefix { $0 == "#" || $0.isASCII && isWord($0) }
      return !name.isEmpty && name.endIndex < text.endIndex && text[name.endIndex] == ";"
    default: return false
    }
  }

  /// Keeps a line from becoming a heading, a quote, a list or a rule.
  private static func escapingLineStart(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return text }
    switch first {
    case "#", ">", "=": return "\\" + text
    case "+", "-":
      let second = text.unicodeScalars.dropFirst().first
      return second == nil || second == " " || second == first ? "\\" + text : text
    case "0"..."9":
      let digits = text.unicodeScalars.prefix { $0.isDigit }
      let rest = text.unicodeScalars[digits.endIndex...]
      guard digits.count <= 9, rest.first == "." || rest.first == ")", rest.dropFirst().first ?? " " == " " else {
        return text
      }
      return String(digits) + "\\" + String(rest)
    default: return text
    }
  }
}

extension String {
  func longestRun(of character: Unicode.Scalar) -> Int {
    var (longest, length) = (0, 0)
    for scalar in unicodeScalars {
      length = scalar == character ? length + 1 : 0
      longest = max(longest, length)
    }
    return longest
  }
}

extension Unicode.Scalar {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
