/// Collects the running text of one block and writes it as Markdown or as plain text.
struct InlineText {
  private(set) var runs: [InlineRun] = []
  private var endsWithSpace = true

  var isEmpty: Bool { runs.allSatisfy { $0.text.utf8.allSatisfy(\.isHTMLSpace) } }

  // MARK: - Collecting

  /// Adds text whose white space is to be collapsed.
  mutating func append(_ text: String, style: InlineRun.Style, link: Int?) {
    var collapsed = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case " ", "\n", "\t", "\r", "\u{0c}", "\u{a0}":
        if !endsWithSpace { collapsed.unicodeScalars.append(" ") }
        endsWithSpace = true
      case _ where scalar.isInvisible: continue
      default:
        collapsed.unicodeScalars.append(scalar)
        endsWithSpace = false
      }
    }
    add(collapsed, style, link)
  }

  mutating func appendBreak() {
    guard !runs.isEmpty else { return }
    runs.append(InlineRun(text: "\n", style: [], link: nil))
    endsWithSpace = true
  }

  mutating func appendSpace() { append(" ", style: [], link: nil) }

  private mutating func add(_ text: String, _ style: InlineRun.Style, _ link: Int?) {
    guard !text.isEmpty else { return }
    if let last = runs.indices.last, runs[last].style == style, runs[last].link == link, runs[last].text != "\n" {
      runs[last].text += text
    } else {
      runs.append(InlineRun(text: text, style: style, link: link))
    }
  }

  // MARK: - Writing

  /// The text without any mark.
  var plain: String { trimmedRuns.map(\.text).joined() }

  /// - Parameters:
  ///   - links: the addresses of the links, by their numbers.
  ///   - isSingleLine: in headings and tables a line break is a space.
  func markdown(links: [String], isSingleLine: Bool = false, isCell: Bool = false) -> String {
    var writer = InlineMarkdownWriter(links: links, isCell: isCell)
    for run in spaced(isSingleLine ? trimmedRuns.map(\.withoutBreak) : trimmedRuns) { writer.write(run) }
    return writer.finish()
  }

  /// Without white space at the beginning, at the end, and around line breaks.
  private var trimmedRuns: [InlineRun] {
    var result: [InlineRun] = []
    for var run in runs {
      if run.text == "\n" {
        Self.trimEnd(&result)
        if result.isEmpty { continue }
      } else if result.isEmpty || result.last?.text == "\n" {
        run.text = String(run.text.drop { $0 == " " })
        if run.text.isEmpty { continue }
      }
      result.append(run)
    }
    while result.last?.text == "\n" || result.last?.text.last == " " {
      if result.last?.text == "\n" { result.removeLast() } else { Self.trimEnd(&result) }
    }
    return result
  }

  private static func trimEnd(_ runs: inout [InlineRun]) {
    while let last = runs.indices.last, runs[last].text.last == " " {
      runs[last].text.removeLast()
      if runs[last].text.isEmpty { runs.removeLast() }
    }
  }

  /// With the spaces at the ends of each run as runs of their own, which have only the look that both neighbours share:
  /// a mark must stand beside a word.
  private func spaced(_ runs: [InlineRun]) -> [InlineRun] {
    var parts: [InlineRun] = []
    for run in runs {
      var text = Substring(run.text)
      guard text != "\n", text != " ", !run.style.contains(.code) else {
        parts.append(run)
        continue
      }
      if text.first == " " {
        parts.append(InlineRun(text: " ", style: run.style, link: run.link))
        text.removeFirst()
      }
      let endsWithSpace = text.last == " "
      if endsWithSpace { text.removeLast() }
      parts.append(InlineRun(text: String(text), style: run.style, link: run.link))
      if endsWithSpace { parts.append(InlineRun(text: " ", style: run.style, link: run.link)) }
    }
    for index in parts.indices where parts[index].text == " " {
      let neighbours = [index - 1, index + 1].map { parts.indices.contains($0) ? parts[$0] : nil }
      parts[index].style.formIntersection(neighbours[0]?.style ?? [])
      parts[index].style.formIntersection(neighbours[1]?.style ?? [])
      parts[index].link = neighbours[0]?.link == neighbours[1]?.link ? neighbours[0]?.link : nil
    }
    return parts
  }
}

extension Unicode.Scalar {
  /// Characters that nobody sees, in which text for machines can be hidden.
  var isInvisible: Bool {
    switch value {
    case 0xad, 0x200b, 0x2060...0x2064, 0x202a...0x202e, 0x2066...0x2069, 0xfeff, 0xe0000...0xe007f: true
    default: false
    }
  }
}

extension InlineText {
  /// A text with its white space collapsed, and none at its ends.
  static func collapsed(_ text: String) -> String {
    var inline = InlineText()
    inline.append(text, style: [], link: nil)
    return inline.plain
  }
}
