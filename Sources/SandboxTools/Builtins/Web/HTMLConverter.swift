import SandboxCore

/// Turns a page into Markdown or plain text: what a reader would see, without scripts, styles and what is hidden.
///
/// Takes one pass with a bounded stack and never fails: broken markup is read much as a browser does. Links are made
/// absolute; those to other than http, https and mailto, and those within the page, become their text. Images are their
/// alternative text.
struct HTMLConverter {
  struct Page {
    var title: String?
    var text = ""
    var links: [Link] = []
    /// Whether something was left out because the page is too large or too deeply nested.
    var isTruncated = false
  }

  struct Link: Hashable {
    let text: String
    let url: String
  }

  /// An element that has begun.
  struct Element {
    let name: String
    var isHidden = false
    var hasContainer = false
    /// What a link's text is collected under.
    var link: Int?
    /// The next number of a numbered list, or nil for one with bullets.
    var number: Int?
    /// In a list: none of its items has begun.
    var isFirstItem = true
    /// Of the heading that this is or lies in.
    var headingLevel: Int?
  }

  static let maximumDepth = 4096
  /// How many open elements are looked at to find the one that an end tag means.
  static let searchDepth = 64
  private static let maximumTitle = 300

  let url: HTTPURL
  let isMarkdown: Bool
  private var tokenizer: HTMLTokenizer
  let isXML: Bool

  var stack: [Element] = []
  var inline = InlineText()
  var blocks: BlockWriter
  var tables: [HTMLTable] = []
  var page = Page()
  var openCounts: [String: Int] = [:]
  /// Elements beyond the deepest level; their text is left out.
  var tooDeep = 0
  /// What links are relative to.
  var base: HTTPURL
  var hasBase = false
  var linkURLs: [String] = []
  var linkTexts: [String] = []
  var listedURLs: Set<String> = []
  var preformatted: String?
  var codeLanguage = ""

  /// - Parameters:
  ///   - url: where the page is from.
  ///   - limit: bytes of text after which the rest is left out.
  static func convert(
    _ html: String, url: HTTPURL, isMarkdown: Bool = true, isXML: Bool = false, limit: Int = 4 << 20
  ) -> Page {
    var converter = HTMLConverter(html, url: url, isMarkdown: isMarkdown, isXML: isXML, limit: limit)
    return converter.run()
  }

  private init(_ html: String, url: HTTPURL, isMarkdown: Bool, isXML: Bool, limit: Int) {
    self.url = url
    base = url
    self.isMarkdown = isMarkdown
    self.isXML = isXML
    tokenizer = HTMLTokenizer(html, isXML: isXML)
    blocks = BlockWriter(limit: limit, isMarkdown: isMarkdown)
  }

  private mutating func run() -> Page {
    while !blocks.isFull, let token = tokenizer.next() {
      switch token {
      case .text(let text): add(text)
      case .start(let tag): start(tag)
      case .end(let name): end(name)
      }
    }
    while !stack.isEmpty { pop() }
    flush()
    page.text = blocks.text
    if blocks.isFull { page.isTruncated = true }
    return page
  }

  var isHidden: Bool { stack.last?.isHidden ?? false }
  var cell: Bool { tables.last.map { $0.isInCell && !$0.isLayout } ?? false }
  var currentLink: Int? { stack.last?.link }

  // MARK: - Text

  mutating func add(_ text: String) {
    if stack.last?.name == "title", page.title == nil, openCounts["svg", default: 0] == 0 {
      let title = InlineText.collapsed(text)
      if !title.isEmpty { page.title = String(title.prefix(Self.maximumTitle)) }
    }
    guard !isHidden else { return }
    guard tooDeep == 0 else {
      page.isTruncated = true
      return
    }
    if preformatted != nil {
      preformatted?.append(text)
    } else {
      inline.append(text, style: isMarkdown ? style : [], link: currentLink)
    }
    if let link = currentLink, linkTexts[link].utf8.count < 200 { linkTexts[link] += text.prefix(200) }
  }

  var style: InlineRun.Style {
    var style: InlineRun.Style = []
    if openStyles.strong > 0 { style.insert(.strong) }
    if openStyles.emphasis > 0 { style.insert(.emphasis) }
    if openStyles.deleted > 0 { style.insert(.deleted) }
    if openStyles.code > 0 { style.insert(.code) }
    return style
  }

  var openStyles = (strong: 0, emphasis: 0, deleted: 0, code: 0)

  mutating func count(_ name: String, _ change: Int) {
    openCounts[name, default: 0] += change
    switch HTMLElements.style(of: name) {
    case .strong: openStyles.strong += change
    case .emphasis: openStyles.emphasis += change
    case .deleted: openStyles.deleted += change
    case .code: openStyles.code += change
    default: break
    }
  }

  // MARK: - Blocks

  /// Ends the block of text that is being collected.
  mutating func flush() {
    if cell {
      inline.appendSpace()
      return
    }
    defer { inline = InlineText() }
    guard !inline.isEmpty else { return }
    guard isMarkdown else { return blocks.write(inline.plain) }
    if let level = stack.last?.headingLevel {
      blocks.write(String(repeating: "#", count: level) + " " + inline.markdown(links: linkURLs, isSingleLine: true))
    } else {
      blocks.write(inline.markdown(links: linkURLs))
    }
  }

  mutating func endPreformatted() {
    guard var text = preformatted else { return }
    preformatted = nil
    text = text.replacing("\r\n", with: "\n")
    if text.first == "\n" { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    guard !text.isEmpty else { return }
    guard !cell else { return inline.append(text, style: isMarkdown ? .code : [], link: nil) }
    guard isMarkdown else { return blocks.write(text) }
    let fence = String(repeating: "`", count: max(3, text.longestRun(of: "`") + 1))
    blocks.write("\(fence)\(codeLanguage)\n\(text)\n\(fence)")
  }
}
