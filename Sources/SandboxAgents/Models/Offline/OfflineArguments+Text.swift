import SandboxCore

extension OfflineArguments {
  /// A text argument: what the request says after the argument's name, else something of the kind that its name, format
  /// or example asks for.
  func text(for slot: Slot) -> String? {
    if let value = explicit(slot) { return value }
    if let value = alike(slot) { return value }
    if slot.isPath { return paths.first }
    switch slot.kind {
    case .url: return task.urls.first
    case .email: return task.emails.first
    case .date: return task.dates.first
    case .identifier: return task.codes.first ?? onlyNumber
    case .title: return task.title
    case .question: return task.request
    case .pattern: return task.quoted.first ?? task.symbols.first
    case .query: return task.quoted.first ?? task.symbols.first ?? task.title
    case .text: return task.quoted.first ?? afterColon
    case .place: return properName(after: ["in", "for", "at", "of", "to", "from"])
    case .column: return facts.tables.flatMap(\.columns).map(\.name).first(where: isSaid)
    case .table: return facts.tables.map(\.name).first(where: isSaid) ?? facts.tables.first?.name
    case .other: return slot.isOnlyText ? task.quoted.first : nil
    }
  }

  /// `city: Paris`, `id=7`, `ticket ABC-1`, `number is 7`; without a sign between only for words that look like values.
  private func explicit(_ slot: Slot) -> String? {
    let tokens = task.request.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let head = slot.stems.first(where: { $0 != "id" && $0 != "nam" && $0 != "name" }) ?? slot.stems.first else {
      return nil
    }
    for (index, token) in tokens.enumerated() {
      let parts = token.split(maxSplits: 1) { $0 == "=" || $0 == ":" }
      let said = OfflineWords(parts.first.map(String.init) ?? "").stems
      let isSaid = said == [head] || said == slot.stems || (said == ["id"] && slot.stems.last == "id")
      guard isSaid, !token.contains("://") else { continue }
      if parts.count == 2, token.contains("=") || !OfflineTask.stripped(parts[1]).isEmpty {
        let value = OfflineTask.stripped(parts[1])
        if !value.isEmpty { return value }
      }
      var next = index + 1
      let hasSign = token.hasSuffix(":") || token.hasSuffix("=")
      while next < tokens.count, ["is", "id", "number", "no.", "nr.", "="].contains(tokens[next].lowercased()) {
        next += 1
      }
      guard next < tokens.count, parts.count < 2 else { continue }
      let value = OfflineTask.stripped(tokens[next][...])
      let isQuoted = task.quoted.first { $0.hasPrefix(value) && tokens[next] != value }
      if let isQuoted { return isQuoted }
      let looksLikeValue = value.contains(where: \.isNumber) && !slot.isPath || slot.isPath && OfflineTask.isPath(value)
      if !value.isEmpty, hasSign || looksLikeValue { return value }
    }
    return nil
  }

  /// A token of the same shape as an example in the schema, as `ABC-12` is of the shape of `TCK-1`.
  private func alike(_ slot: Slot) -> String? {
    let examples = (slot.schema["examples"]?.arrayValue ?? []) + (slot.schema["example"].map { [$0] } ?? [])
    let shapes = Set(
      examples.compactMap { $0.stringValue.map(Self.shape) }.filter { $0.contains("9") || $0.contains("-") })
    return task.tokens.first { shapes.contains(Self.shape($0)) }
  }

  private static func shape(_ text: String) -> String {
    var shape = ""
    for character in text {
      let kind: Character =
        character.isNumber ? "9" : character.isUppercase ? "A" : character.isLetter ? "a" : character
      if shape.last != kind { shape.append(kind) }
    }
    return shape
  }

  private func isSaid(_ name: String) -> Bool {
    !task.allWords.positions(of: OfflineWords(name).stems).isEmpty
  }

  private var onlyNumber: String? {
    let numbers = task.tokens.filter { Int($0) != nil }
    return numbers.count == 1 ? numbers[0] : nil
  }

  private var afterColon: String? {
    guard let colon = task.request.firstIndex(of: ":") else { return nil }
    let text = OfflineTask.trimmed(task.request[task.request.index(after: colon)...])
    return text.isEmpty || text.hasPrefix("//") ? nil : text
  }

  private func properName(after words: Set<String>) -> String? {
    let tokens = task.request.split(whereSeparator: \.isWhitespace)
    for (index, token) in tokens.enumerated() where words.contains(token.lowercased()) {
      var name: [String] = []
      for next in tokens[(index + 1)...] {
        guard next.first?.isUppercase == true else { break }
        name.append(OfflineTask.stripped(next))
        if let last = next.last, ",.;:?!".contains(last) { break }
      }
      if !name.isEmpty { return name.joined(separator: " ") }
    }
    return nil
  }
}
