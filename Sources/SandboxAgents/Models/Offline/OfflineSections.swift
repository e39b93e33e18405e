/// The sections of a result, as agents by rules write and read them: Markdown with fixed headings.
struct OfflineSections: Sendable, Hashable {
  var findings: [String] = []
  var data: [String] = []
  var artifacts: [String] = []
  var method: [String] = []
  /// What failed, is missing or was left out.
  var problems: [String] = []

  /// What must not get lost comes first, because long results are cut at the end.
  private static var headings: [(title: String, path: WritableKeyPath<OfflineSections, [String]>)] {
    [
      ("Artifacts", \.artifacts), ("Problems", \.problems), ("Findings", \.findings), ("Method", \.method),
      ("Data", \.data),
    ]
  }

  init() {}

  /// Reads back what ``text`` wrote, from one or many results in a row; text without our headings counts as findings.
  init(reading text: String) {
    var current: WritableKeyPath<OfflineSections, [String]>?
    var lines: [Substring] = []
    var strange: [Substring] = []
    func body(_ lines: [Substring]) -> String { OfflineTask.trimmed(lines.joined(separator: "\n")) }
    func close(_ sections: inout OfflineSections) {
      let body = body(lines)
      if let current, !body.isEmpty { sections[keyPath: current].append(body) }
      lines = []
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("#") {
        close(&self)
        let title = OfflineTask.trimmed(line.drop { $0 == "#" })
        current = Self.headings.first { $0.title == title }?.path
      } else if line == OfflineReply.note[...] || Self.isBorder(line) {
        close(&self)
        current = nil
      } else if current != nil {
        lines.append(line)
      } else {
        strange.append(line)
      }
    }
    close(&self)
    if self == OfflineSections(), !body(strange).isEmpty { findings = [body(strange)] }
  }

  /// `[research] (blackboard …`, before the result of the next step.
  private static func isBorder(_ line: Substring) -> Bool {
    line.hasPrefix("[") && line.split(separator: "] (", maxSplits: 1).count == 2 && line.hasSuffix(")")
      && !line.contains("](")
  }

  var isEmpty: Bool { findings.isEmpty && data.isEmpty && artifacts.isEmpty && problems.isEmpty }

  var text: String {
    var parts: [String] = []
    for heading in Self.headings {
      let bodies = self[keyPath: heading.path]
      if !bodies.isEmpty { parts.append("## \(heading.title)\n\n" + bodies.joined(separator: Self.separator(bodies))) }
    }
    return parts.joined(separator: "\n\n")
  }

  /// Items of a list need no empty line between them.
  private static func separator(_ bodies: [String]) -> String {
    bodies.allSatisfy { $0.hasPrefix("- ") } ? "\n" : "\n\n"
  }

  static func joined(_ bodies: [String]) -> String { bodies.joined(separator: separator(bodies)) }

  mutating func append(_ other: OfflineSections) {
    for heading in Self.headings {
      for body in other[keyPath: heading.path] where !self[keyPath: heading.path].contains(body) {
        self[keyPath: heading.path].append(body)
      }
    }
  }

  // MARK: - Markdown

  static func table(_ columns: [String], _ rows: [[String]], numbersFrom first: Int = 1) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.map(cell).joined(separator: " | ") + " |" }
    let rule = columns.indices.map { $0 < first ? "---" : "---:" }
    return ([line(columns), "| " + rule.joined(separator: " | ") + " |"] + rows.map(line)).joined(separator: "\n")
  }

  static func cell(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 }).replacing("|", with: "\\|")
  }

  /// A block of literal text, with a fence that the text does not contain.
  static func block(_ text: String) -> String {
    var fence = "```"
    while text.contains(fence) { fence += "`" }
    return "\(fence)\n\(text)\n\(fence)"
  }

  static func code(_ text: String) -> String {
    let line = String(text.map { $0.isNewline ? " " : $0 })
    return line.contains("`") ? "`` \(line) ``" : "`\(line)`"
  }

  static func clipped(_ text: String, to count: Int) -> String {
    let head = text.prefix(count)
    return head.endIndex == text.endIndex ? text : "\(head)…"
  }
}
