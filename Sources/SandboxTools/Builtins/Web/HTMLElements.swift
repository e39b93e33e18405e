/// What is known of HTML's elements, by name.
enum HTMLElements {
  static let void: Set<String> = [
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link",
    "meta",
    "param", "source", "track", "wbr",
  ]
  /// Their content is nothing that a page says.
  static let skipped: Set<String> = [
    "audio", "canvas", "datalist", "iframe", "noembed", "noframes", "noscript", "object", "script", "select", "style",
    "svg", "template", "textarea", "title", "video",
  ]
  /// They flow in a line of text; all others begin a new one.
  static let inline: Set<String> = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "ins", "kbd", "label", "map", "mark", "math", "meter", "nobr", "output", "picture", "progress", "q", "rb",
    "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
  ]
  static let tableParts: Set<String> = ["table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "colgroup"]

  static func style(of name: String) -> InlineRun.Style {
    switch name {
    case "b", "strong": .strong
    case "cite", "em", "i", "dfn", "var": .emphasis
    case "del", "s", "strike": .deleted
    case "code", "kbd", "samp", "tt": .code
    default: []
    }
  }

  static func headingLevel(of name: String) -> Int? {
    guard name.utf8.count == 2, name.utf8.first == UInt8(ascii: "h"), let level = name.utf8.last,
      (0x31...0x36).contains(level)
    else { return nil }
    return Int(level) - 0x30
  }

  /// Whether an element is not shown: by its attribute, or by what its style says. Text for machines is often hidden
  /// like that.
  static func isHidden(_ tag: HTMLTag) -> Bool {
    if skipped.contains(tag.name) || tag["hidden"] != nil || tag.name == "dialog" && tag["open"] == nil { return true }
    guard let style = tag["style"] else { return false }
    let rules = style.lowercased().split(separator: ";").prefix(64).map { $0.filter { !$0.isWhitespace } }
    return rules.contains { rule in
      let rule = rule.replacing("!important", with: "")
      return ["display:none", "visibility:hidden", "visibility:collapse", "opacity:0", "font-size:0"].contains {
        rule == $0 || rule.hasPrefix($0) && rule.dropFirst($0.count).allSatisfy { "0.px%em".contains($0) }
      }
    }
  }
}
