/// Writes blocks of text one after another, inside of quotes and list items, up to a size.
struct BlockWriter {
  private enum Container {
    case quote
    /// - Parameters:
    ///   - isFirst: of its list: it stands apart from what is before.
    ///   - isUsed: its mark has been written.
    case item(mark: String, isFirst: Bool, isUsed: Bool)
  }

  /// Deeper ones are written as if they were on this level: each costs space in every line.
  private static let maximumDepth = 32

  let limit: Int
  let isMarkdown: Bool
  private(set) var text = ""
  private(set) var isFull = false

  private var containers: [(id: Int, kind: Container)] = []
  private var overflow = 0
  private var nextID = 0
  /// Where the block before was.
  private var previous: [(id: Int, kind: Container)] = []

  init(limit: Int, isMarkdown: Bool) {
    self.limit = limit
    self.isMarkdown = isMarkdown
  }

  // MARK: - Containers

  mutating func openQuote() { open(.quote) }

  mutating func openItem(mark: String, isFirst: Bool) { open(.item(mark: mark, isFirst: isFirst, isUsed: false)) }

  private mutating func open(_ kind: Container) {
    guard containers.count < Self.maximumDepth else { return overflow += 1 }
    nextID += 1
    containers.append((nextID, kind))
  }

  mutating func close() {
    if overflow > 0 { overflow -= 1 } else { _ = containers.popLast() }
  }

  // MARK: - Blocks

  /// - Parameter block: its lines, separated by line feeds.
  mutating func write(_ block: String) {
    guard !isFull, !block.isEmpty else { return }
    if !text.isEmpty {
      text += "\n"
      if !isTight { text += blankLine + "\n" }
    }
    for (index, line) in block.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if index > 0 { text += "\n" }
      let prefix = takePrefix()
      if line.isEmpty { text += prefix.trimmingEnd } else { text += prefix + line }
      guard text.utf8.count <= limit else {
        isFull = true
        break
      }
    }
    previous = containers
  }

  /// Whether the block begins an item that is not the first of the outermost list here.
  private var isTight: Bool {
    var isInItem = false
    for (_, kind) in containers {
      guard case .item(_, let isFirst, let isUsed) = kind else { continue }
      if !isUsed { return isInItem || !isFirst }
      isInItem = true
    }
    return false
  }

  /// A line between two blocks, with the quotes that both are in.
  private var blankLine: String {
    zip(previous, containers).prefix { $0.id == $1.id }.reduce("") { $0 + prefix($1.1.kind) }.trimmingEnd
  }

  private func prefix(_ kind: Container) -> String {
    switch kind {
    case .quote: isMarkdown ? "> " : "  "
    case .item(let mark, _, _): String(repeating: " ", count: mark.utf8.count)
    }
  }

  /// What comes before the next line; marks of items are used up by it.
  private mutating func takePrefix() -> String {
    var result = ""
    for index in containers.indices {
      if case .item(let mark, let isFirst, false) = containers[index].kind {
        result += mark
        containers[index].kind = .item(mark: mark, isFirst: isFirst, isUsed: true)
      } else {
        result += prefix(containers[index].kind)
      }
    }
    return result
  }
}

extension String {
  fileprivate var trimmingEnd: String {
    var result = self[...]
    while result.last == " " { result.removeLast() }
    return String(result)
  }
}
