extension HTMLConverter {
  /// Ends what a start tag ends without saying so.
  mutating func closeImplied(by name: String) {
    switch name {
    case "li": close("li", within: ["ul", "ol", "menu"])
    case "dt", "dd":
      close("dt", within: ["dl"])
      close("dd", within: ["dl"])
    case "tr":
      close("td", within: ["table"])
      close("th", within: ["table"])
      close("tr", within: ["table"])
    case "td", "th":
      close("td", within: ["tr", "table"])
      close("th", within: ["tr", "table"])
    case "thead", "tbody", "tfoot": for part in ["tr", "thead", "tbody", "tfoot"] { close(part, within: ["table"]) }
    case "a": close("a", within: HTMLElements.tableParts)
    case _ where HTMLElements.headingLevel(of: name) != nil:
      if let top = stack.last?.name, HTMLElements.headingLevel(of: top) != nil { pop() }
    default: break
    }
    if !HTMLElements.inline.contains(name) { close("p", within: HTMLElements.tableParts) }
  }

  mutating func end(_ name: String) {
    guard tooDeep == 0 else { return tooDeep -= 1 }
    switch name {
    case "br": start(HTMLTag(name: "br"))
    case "p" where openCounts["p", default: 0] == 0: if !isHidden { flush() }
    default: close(name, within: HTMLElements.tableParts.contains(name) ? ["table"] : ["table", "td", "th", "caption"])
    }
  }

  /// Ends the innermost element of this name unless one of `borders` is inside of it. Elements of the line that are
  /// still open in a block end with it; an element of the line ends alone.
  private mutating func close(_ name: String, within borders: Set<String>) {
    guard openCounts[name, default: 0] > 0 else { return }
    for index in stack.indices.reversed().prefix(Self.searchDepth) {
      let element = stack[index].name
      if element == name {
        if index == stack.count - 1 {
          pop()
        } else if HTMLElements.inline.contains(name) {
          remove(at: index)
        } else {
          while stack.count > index { pop() }
        }
        return
      }
      if borders.contains(element) { return }
    }
  }

  /// Ends an element and leaves those inside of it open, as browsers do with misnested ones.
  private mutating func remove(at index: Int) {
    let element = stack.remove(at: index)
    count(element.name, -1)
    guard let link = element.link, element.name == "a" else { return }
    for inner in stack.indices[index...] where stack[inner].link == link { stack[inner].link = nil }
    list(link)
  }

  mutating func pop() {
    guard let element = stack.last else { return }
    if !element.isHidden { finish(element) }
    stack.removeLast()
    count(element.name, -1)
    if element.hasContainer { blocks.close() }
  }

  private mutating func finish(_ element: Element) {
    switch element.name {
    case "pre", "listing": endPreformatted()
    case "td", "th": endCell()
    case "tr": tables.changeLast { $0.endRow() }
    case "table": endTable()
    case "a": if let link = element.link { list(link) }
    case "q": inline.append("\"", style: isMarkdown ? style : [], link: currentLink)
    case "dt" where isMarkdown && !cell:
      let term = inline.markdown(links: linkURLs, isSingleLine: true)
      inline = InlineText()
      blocks.write(term)
    case _ where !HTMLElements.inline.contains(element.name): flush()
    default: break
    }
  }

  private mutating func list(_ link: Int) {
    let text = InlineText.collapsed(linkTexts[link])
    guard !text.isEmpty, linkURLs[link].hasPrefix("http"), listedURLs.insert(linkURLs[link]).inserted else { return }
    page.links.append(Link(text: String(text.prefix(200)), url: linkURLs[link]))
  }
}
