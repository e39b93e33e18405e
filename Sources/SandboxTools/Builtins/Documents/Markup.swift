/// Escaping for text that goes into HTML or SVG.
enum Markup {
  /// Text as content or attribute value. Characters that XML does not know are left out.
  static func escape(_ text: some StringProtocol) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}", "\u{FFFE}", "\u{FFFF}": continue
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The link's target when it is safe to click: `http`, `https`, `mailto`, or relative; nil otherwise.
  static func safeURL(_ text: String) -> String? {
    let url = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F }))
    guard !url.isEmpty else { return nil }
    let head = url.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let colon = head.firstIndex(of: ":") else { return url.hasPrefix("//") ? nil : url }
    return ["http", "https", "mailto"].contains(head[..<colon].lowercased()) ? url : nil
  }
}
