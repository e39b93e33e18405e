/// What an agent was asked: the request itself, apart from results of earlier steps that came with it, and the things
/// the request names.
struct OfflineTask: Sendable {
  let request: String
  /// Results of earlier steps; empty when there are none.
  let context: String
  /// The words outside quotation marks that are no names of files.
  let words: OfflineWords
  /// With those inside quotation marks.
  let allWords: OfflineWords
  private(set) var quoted: [String] = []
  private(set) var inputPaths: [String] = []
  /// Files that the request wants written.
  private(set) var outputPaths: [String] = []
  private(set) var urls: [String] = []
  private(set) var emails: [String] = []
  private(set) var dates: [String] = []
  /// Tokens like `ABC-123` or `#1234`.
  private(set) var codes: [String] = []
  /// Names as programs spell them, like `SessionLog` or `read_file`.
  private(set) var symbols: [String] = []
  /// All tokens in order, without the punctuation around them.
  let tokens: [String]

  /// Beyond this many characters a request is kept, but not looked through for names and words.
  private static let maximumRead = 8_000

  /// Before the request in a task that our own plan wrote.
  static let marker = "Request: "

  /// The task of a sub-agent, with results of earlier steps behind it.
  init(_ prompt: String) {
    let (task, context) = Self.split(prompt)
    self.init(request: Self.suffix(of: task, after: Self.marker) ?? task[...], context: context)
  }

  /// The request of a user, of which every line counts.
  init(whole prompt: String) { self.init(request: prompt[...], context: "") }

  private init(request text: Substring, context: String) {
    request = Self.trimmed(text)
    self.context = context
    let (quoted, rest) = Self.quotations(in: request)
    self.quoted = quoted
    tokens = request.prefix(Self.maximumRead).split(whereSeparator: \.isWhitespace).map { Self.stripped($0) }.filter {
      !$0.isEmpty
    }
    var plain: [String] = []
    for (index, token) in tokens.enumerated() {
      if token.contains("://") {
        urls.append(token)
      } else if Self.isEmail(token) {
        emails.append(token)
      } else if Self.isPath(token) {
        let before = index > 0 ? tokens[index - 1].lowercased() : ""
        if ["to", "into", "as", "named", "called"].contains(before) {
          outputPaths.append(token)
        } else if !inputPaths.contains(token) {
          inputPaths.append(token)
        }
      } else {
        plain.append(token)
        if Self.isDate(token) {
          dates.append(token)
        } else if Self.isCode(token) {
          codes.append(token)
        } else if Self.isSymbol(token) {
          symbols.append(token.hasSuffix("()") ? String(token.dropLast(2)) : token)
        }
      }
    }
    allWords = OfflineWords(plain.joined(separator: " "))
    let unquoted = rest.split(whereSeparator: \.isWhitespace).map { Self.stripped($0) }
    words = OfflineWords(
      unquoted.filter { !Self.isPath($0) && !$0.contains("://") && !Self.isEmail($0) }.joined(separator: " "))
  }

  /// A heading from the request's first sentence.
  var title: String {
    let sentence = request.prefix { $0 != "?" && $0 != "!" && $0 != "\n" }
    var words = (Self.range(of: ". ", in: sentence).map { sentence[..<$0] } ?? sentence).split(separator: " ")
    while words.reduce(-1, { $0 + $1.count + 1 }) > 90, words.count > 1 { words.removeLast() }
    let title = words.joined(separator: " ").prefix(120)
    let trimmed = title.last.map { ".:;,".contains($0) } == true ? title.dropLast() : title
    return trimmed.isEmpty ? "Report" : trimmed.prefix(1).uppercased() + trimmed.dropFirst()
  }

  // MARK: - Parts of the prompt

  private static func split(_ prompt: String) -> (task: String, context: String) {
    let lines = prompt.split(separator: "\n", omittingEmptySubsequences: false)
    let start = lines.indices.dropFirst().first { index in
      let line = trimmed(lines[index])
      let isHeading = line.hasPrefix("#") || line.hasPrefix("<") || line.hasPrefix("[") || line.hasSuffix(":")
      return isHeading && line.count <= 120
        && !OfflineWords(line).keyStems.isDisjoint(with: [
          "result", "depend", "dependency", "context", "earlier", "previou", "previous", "background",
        ])
    }
    guard let start else { return (prompt, "") }
    return (
      lines[..<start].joined(separator: "\n"), trimmed(lines[(start + 1)...].joined(separator: "\n")[...])
    )
  }

  private static func range(of text: String, in whole: Substring) -> Substring.Index? {
    whole.indices.first { whole[$0...].hasPrefix(text) }
  }

  private static func suffix(of text: String, after marker: String) -> Substring? {
    range(of: marker, in: text[...]).map { text[$0...].dropFirst(marker.count) }
  }

  static func trimmed(_ text: some StringProtocol) -> String {
    var rest = text.drop(while: \.isWhitespace)
    while rest.last?.isWhitespace == true { rest = rest.dropLast() }
    return String(rest)
  }

  private static func quotations(in text: String) -> (quoted: [String], rest: String) {
    let pairs: [Character: Character] = [
      "\"": "\"", "“": "”", "„": "“", "«": "»", "`": "`", "'": "'", "‘": "’",
    ]
    let characters = Array(text.prefix(maximumRead))
    var quoted: [String] = []
    var rest = ""
    var index = 0
    while index < characters.count {
      let character = characters[index]
      let isFree = index == 0 || !(characters[index - 1].isLetter || characters[index - 1].isNumber)
      if let closing = pairs[character], isFree,
        let end = characters[(index + 1)...].prefix(2_000).indices.first(where: {
          // An apostrophe inside a word does not end a quotation.
          characters[$0] == closing && !($0 + 1 < characters.count && characters[$0 + 1].isLetter)
        }), end > index + 1
      {
        quoted.append(String(characters[(index + 1)..<end]))
        rest += " "
        index = end + 1
      } else {
        rest.append(character)
        index += 1
      }
    }
    return (quoted, rest)
  }

  // MARK: - Kinds of token

  static func stripped(_ token: Substring) -> String {
    var token = token
    while let first = token.first, "([{<\"'“„‘«`,;:!?*".contains(first) { token = token.dropFirst() }
    while let last = token.last, ")]}>\"'”“’»`,;:!?.*".contains(last), !token.hasSuffix("()") {
      token = token.dropLast()
    }
    return String(token)
  }

  static func fileExtension(_ path: some StringProtocol) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }

  static func isPath(_ token: String) -> Bool {
    guard !token.contains("://"), !token.contains("@"), !token.contains("*") else { return false }
    let ending = fileExtension(token)
    // `e.g.` and `3.5GB` are no names of files.
    let hasExtension =
      ending.count <= 8 && ending.first?.isLetter == true
      && ending.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
      && (ending.count > 1 || OfflineLexicon.extensions(of: ending) != nil)
    if hasExtension { return true }
    return token.contains("/") && token.count > 1
      && (token.hasPrefix("/") || token.hasPrefix("./") || token.hasPrefix("../") || token.hasSuffix("/"))
  }

  private static func isEmail(_ token: String) -> Bool {
    let parts = token.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && !parts[0].isEmpty && parts[1].dropFirst().dropLast().contains(".")
  }

  static func isDate(_ token: String) -> Bool {
    let parts = token.split(separator: "-", omittingEmptySubsequences: false)
    return parts.map(\.count) == [4, 2, 2] && parts.allSatisfy { $0.allSatisfy(\.isNumber) }
  }

  private static func isCode(_ token: String) -> Bool {
    let hasDigit = token.contains(where: \.isNumber)
    guard hasDigit, token.count >= 3, token.allSatisfy({ $0.isLetter || $0.isNumber || "-_#".contains($0) }) else {
      return false
    }
    return token.hasPrefix("#")
      || (token.contains { $0.isLetter } && (token.contains("-") || token.contains(where: \.isUppercase)))
      || token.filter { $0 == "-" }.count == 4
  }

  private static func isSymbol(_ token: String) -> Bool {
    if token.hasSuffix("()") || token.contains("_") { return token.count > 2 }
    return token.allSatisfy { $0.isLetter || $0.isNumber }
      && zip(token, token.dropFirst()).contains { $0.isLowercase && $1.isUppercase }
  }
}
