/// The little English that the rules know: which words say nothing, which mean the same, and what their stems are.
enum OfflineLexicon {
  /// Cuts endings, so that `largest` stays apart from `large` but `charts`, `charted` and `charting` meet.
  static func stem(_ word: String) -> String {
    var stem = word.lowercased()
    func cut(_ ending: String, leaving least: Int, _ replacement: String = "") -> Bool {
      guard stem.hasSuffix(ending), stem.count - ending.count >= least else { return false }
      stem = String(stem.dropLast(ending.count)) + replacement
      return true
    }
    if !cut("ies", leaving: 2, "y"), !["ss", "us", "is"].contains(where: stem.hasSuffix) {
      if !["xes", "ches", "shes", "sses"].contains(where: { stem.hasSuffix($0) && cut("es", leaving: 2) }) {
        _ = cut("s", leaving: 2)
      }
    }
    if cut("ing", leaving: 3) || cut("ed", leaving: 3) {
      let end = stem.suffix(2)
      if end.count == 2, end.first == end.last, !"lsz".contains(end.last ?? " ") { stem.removeLast() }
    }
    _ = cut("e", leaving: 3)
    return stem
  }

  /// What a stem stands for: the first word of its group, or itself.
  static func concept(of stem: String) -> String { concepts[stem] ?? stem }

  static func meaning(_ word: String) -> String { concept(of: stem(word)) }

  static func isStop(_ word: String) -> Bool { stopWords.contains(word) }

  /// Too common in the names of tools to choose one by.
  static func isWeak(_ stem: String) -> Bool { weakStems.contains(stem) || weakStems.contains(concept(of: stem)) }

  static func number(_ word: String) -> Int? { Int(word) ?? numbers[word] }

  static func isUnit(_ word: String) -> Bool { units[word] != nil }
  static func unit(_ word: String) -> String? { units[word] }

  /// The file name extensions that a word like `Swift` or `markdown` before `files` means.
  static func extensions(of word: String) -> [String]? {
    kinds[word] ?? (kinds.values.contains { $0.contains(word) } ? [word] : nil)
  }

  /// Names and ISO codes of the same language, for tools whose argument is one or the other.
  static func languageAliases(_ word: String) -> [String] {
    languages.first { $0.contains(word.lowercased()) } ?? []
  }

  static let ascending: Set = ["smallest", "least", "lowest", "fewest", "bottom", "cheapest", "shortest", "minimal"]
  static let descending: Set = [
    "top", "largest", "biggest", "most", "highest", "greatest", "heaviest", "longest", "best", "first", "maximal",
  ]
  static let distributive: Set = ["by", "per", "each", "every", "across"]
  static let interrogative: Set = ["which", "what"]
  static let temporal: Set = ["month", "year", "date", "day", "week", "quarter", "hour", "time"]

  /// Asked for, and done by no tool, these must not be passed over in silence.
  static let effects: Set = [
    "delete", "remove", "erase", "send", "email", "mail", "upload", "download", "install", "rename", "deploy",
    "publish",
    "translate", "buy", "pay", "schedule", "encrypt", "print",
  ]

  private static let groups = [
    "chart plot graph diagram visualize visualise visualization histogram",
    "table csv tsv row column spreadsheet dataset data record sql database query",
    "document report summary summarize summarise memo brief article documentation",
    "count number many total sum",
    "file files folder directory workspace tree source repository project path",
    "search find where used usage occur occurrence grep mention lookup locate",
    "size space disk storage big large largest biggest smallest small heavy heaviest",
    "revenue sale amount turnover income earning",
    "price cost expense cheap cheapest expensive",
    "quantity unit piece",
    "duration time latency long longest slow slowest fast fastest",
    "analyze analyse analysis analytic statistic",
    "translate translation translator",
    "average mean avg",
    "mail email message",
    "ticket issue incident",
    "image picture photo",
    "web url http website page",
  ]

  private static let concepts: [String: String] = {
    var concepts: [String: String] = [:]
    for group in groups {
      let stems = group.split(separator: " ").map { stem(String($0)) }
      for word in stems where concepts[word] == nil { concepts[word] = stems[0] }
    }
    return concepts
  }()

  private static func set(_ words: String) -> Set<String> { Set(words.split(separator: " ").map(String.init)) }

  private static let stopWords = set(
    """
    a about after all also an and any are as at be been but by can could did do does each every for from had has have \
    how i if in into is it its just let like me more most much must my need no not of on one only or our out over per \
    please should so some such than that the their them then there these they this to too under up us very \
    want was we were what when which who whom why will with would you your
    """)

  private static let weakStems = Set(
    (groups[3] + " " + groups[4]
      + " write read make create generate get list show use run give tool text do new set add call send check name id"
      + " describe value string result input output fetch return")
      .split(separator: " ").map { stem(String($0)) })

  private static let numbers = [
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100,
  ]

  private static let units = [
    "b": "bytes", "bytes": "bytes", "kb": "kB", "kib": "KiB", "mb": "MB", "mib": "MiB", "gb": "GB", "gib": "GiB",
    "ms": "ms", "sec": "s", "seconds": "s", "minutes": "min", "usd": "USD", "eur": "EUR", "pct": "%", "percent": "%",
  ]

  private static let kinds: [String: [String]] = [
    "swift": ["swift"], "python": ["py"], "javascript": ["js", "mjs"], "typescript": ["ts"], "rust": ["rs"],
    "markdown": ["md"], "yaml": ["yml", "yaml"], "text": ["txt"], "shell": ["sh"], "java": ["java"], "go": ["go"],
    "c": ["c", "h"], "json": ["json", "jsonl", "ndjson"], "csv": ["csv"], "tsv": ["tsv", "tab"],
    "html": ["html", "htm"],
    "xml": ["xml"], "log": ["log"], "toml": ["toml"], "sql": ["sql"], "ruby": ["rb"], "kotlin": ["kt"],
    "image": ["png", "jpg", "jpeg", "gif", "svg"], "sqlite": ["db", "sqlite", "sqlite3"], "pdf": ["pdf"],
    "php": ["php"], "css": ["css"], "ini": ["ini", "conf", "cfg"],
  ]

  private static let languages: [[String]] = [
    ["english", "en"], ["german", "de", "deutsch"], ["french", "fr"], ["spanish", "es"], ["italian", "it"],
    ["portuguese", "pt"], ["dutch", "nl"], ["polish", "pl"], ["japanese", "ja"], ["chinese", "zh"], ["korean", "ko"],
    ["russian", "ru"], ["arabic", "ar"], ["hindi", "hi"], ["turkish", "tr"], ["swedish", "sv"],
  ]
}
