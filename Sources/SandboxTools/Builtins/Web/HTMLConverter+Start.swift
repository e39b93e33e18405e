import SandboxCore

extension HTMLConverter {
  mutating func start(_ tag: HTMLTag) {
    let isWhole = HTMLElements.void.contains(tag.name) || tag.isSelfClosing && (isXML || tag.name == "svg")
    guard tooDeep == 0 else {
      if !isWhole { tooDeep += 1 }
      return
    }
    closeImplied(by: tag.name)
    guard !isWhole else { return whole(tag) }
    guard stack.count < Self.maximumDepth else {
      tooDeep = 1
      return
    }
    var element = Element(
      name: tag.name, isHidden: isHidden || HTMLElements.isHidden(tag), link: currentLink,
      headingLevel: HTMLElements.headingLevel(of: tag.name) ?? stack.last?.headingLevel)
    if !element.isHidden { begin(tag, &element) }
    stack.append(element)
    count(tag.name, 1)
  }

  private mutating func begin(_ tag: HTMLTag, _ element: inout Element) {
    if !HTMLElements.inline.contains(tag.name) {
      flush()
      if preformatted?.isEmpty == false, preformatted?.last != "\n" { preformatted?.append("\n") }
    }
    switch tag.name {
    case "a": beginLink(tag, &element)
    case "blockquote" where !cell:
      blocks.openQuote()
      element.hasContainer = true
    case "ol": element.number = min(max(0, tag["start"].flatMap { Int($0) } ?? 1), 999_999_999)
    case "li" where !cell: beginItem(&element)
    case "dd" where !cell:
      blocks.openItem(mark: isMarkdown ? ": " : "  ", isFirst: false)
      element.hasContainer = true
    case "pre", "listing":
      endPreformatted()
      preformatted = ""
      codeLanguage = Self.language(tag)
    case "code" where preformatted != nil && codeLanguage.isEmpty: codeLanguage = Self.language(tag)
    case "table": beginTable()
    case "tr": tables.changeLast { $0.beginRow() }
    case "td", "th": tables.changeLast { if !$0.isLayout { $0.beginCell(tag) } }
    case "q": inline.append("\"", style: isMarkdown ? style : [], link: currentLink)
    default: break
    }
  }

  private mutating func beginItem(_ element: inout Element) {
    var mark = "- "
    var isFirst = true
    if let list = stack.lastIndex(where: { $0.name == "ol" || $0.name == "ul" || $0.name == "menu" }, within: 64) {
      isFirst = stack[list].isFirstItem
      stack[list].isFirstItem = false
      if let number = stack[list].number {
        mark = "\(number). "
        stack[list].number = min(number + 1, 999_999_999)
      }
    }
    blocks.openItem(mark: mark, isFirst: isFirst)
    element.hasContainer = true
  }

  private mutating func beginLink(_ tag: HTMLTag, _ element: inout Element) {
    element.link = nil
    guard let reference = tag["href"], let url = absolute(reference) else { return }
    element.link = linkURLs.count
    linkURLs.append(url)
    linkTexts.append("")
  }

  /// The address that a link leads to; nil for one that is not worth showing.
  private func absolute(_ reference: String) -> String? {
    let reference = String(String.UnicodeScalarView(reference.unicodeScalars.filter { $0.value > 0x1f }))
      .trimmingSpaces
    guard !reference.isEmpty, !reference.hasPrefix("#"), reference.utf8.count <= 2048 else { return nil }
    if reference.prefix(7).lowercased() == "mailto:" {
      return reference.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"<>()\\".utf8.contains($0) } ? reference : nil
    }
    do throws(SandboxError) {
      return try base.resolving(reference).description
    } catch {
      return nil
    }
  }

  private mutating func whole(_ tag: HTMLTag) {
    if tag.name == "base", !hasBase, let reference = tag["href"] {
      hasBase = true
      base = (try? url.resolving(reference.trimmingSpaces)) ?? url
    }
    guard !isHidden, !HTMLElements.isHidden(tag) else { return }
    switch tag.name {
    case "br":
      if preformatted != nil {
        preformatted?.append("\n")
      } else if cell {
        inline.appendSpace()
      } else {
        inline.appendBreak()
      }
    case "hr":
      flush()
      if !cell { blocks.write(isMarkdown ? "---" : "----") }
    case "img": add(tag["alt"] ?? "")
    default: break
    }
  }

  private static func language(_ tag: HTMLTag) -> String {
    for name in (tag["class"] ?? "").split(whereSeparator: \.isWhitespace).prefix(32) {
      for prefix in ["language-", "lang-"] where name.hasPrefix(prefix) {
        let language = name.dropFirst(prefix.count)
        if language.utf8.count <= 32, language.utf8.allSatisfy({ $0.isASCIIAlphanumeric || "+#-_.".utf8.contains($0) })
        {
          return String(language)
        }
      }
    }
    return ""
  }
}
