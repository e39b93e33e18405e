/// What a request asks of a table: which column to measure, by which to group, how to aggregate, order, limit, filter.
struct OfflineTableQuestion: Sendable, Hashable {
  let table: OfflineTable
  private(set) var measures: [OfflineTable.Column] = []
  private(set) var groups: [OfflineTable.Column] = []
  /// A column whose different values are asked for, without being grouped by.
  private(set) var counted: OfflineTable.Column?
  private(set) var aggregate = Aggregate.total
  private(set) var filters: [Filter] = []
  private(set) var isAscending = false
  /// By the groups themselves, as for months, not by the amount.
  private(set) var isInGroupOrder = false
  private(set) var limit = 10
  /// What the request wants the rows divided by, as `per country`, when the table has no such column.
  private(set) var unresolved: [String] = []
  /// The request compares with a number, which the rules do not turn into a condition.
  private(set) var hasComparison = false

  enum Aggregate: String, Sendable {
    case total, average, maximum, minimum, count

    var function: String {
      switch self {
      case .total: "SUM"
      case .average: "AVG"
      case .maximum: "MAX"
      case .minimum: "MIN"
      case .count: "COUNT"
      }
    }
  }

  struct Filter: Sendable, Hashable {
    let column: String
    let values: [String]
  }

  /// - Parameter isPlain: Without conditions: the second try after the first query failed.
  init(_ table: OfflineTable, task: OfflineTask, isPlain: Bool = false) {
    self.table = table
    let words = task.allWords
    let mentions = table.columns.map { Mention($0, in: words, of: table) }
    chooseMeasures(mentions, words)
    chooseGroups(mentions, words)
    if !isPlain { chooseFilters(task) }
    chooseOrder(words)
    findUnresolved(words)
  }

  private mutating func chooseMeasures(_ mentions: [Mention], _ words: OfflineWords) {
    let numeric = mentions.filter { $0.column.isNumeric && !$0.column.isIdentifier && !$0.isGroup }
    let direct = numeric.filter { $0.direct > 0 }
    let similar = numeric.filter { $0.similar > 0 }
    let wanted: [String: Aggregate] = [
      "average": .average, "mean": .average, "avg": .average, "maximum": .maximum, "max": .maximum,
      "minimum": .minimum, "min": .minimum,
    ]
    aggregate = words.words.compactMap { wanted[$0] }.first ?? .total
    let asksCount =
      !words.positions(of: ["how", "many"]).isEmpty || !words.positions(of: ["number", "of"]).isEmpty
      || words.stems.contains("count")
    if let best = direct.map(\.direct).max() {
      measures = direct.filter { $0.direct == best || $0.isWhole }.prefix(3).map(\.column)
    } else if asksCount {
      aggregate = .count
    } else if let best = similar.max(by: { $0.similar < $1.similar }) {
      measures = [best.column]
    } else if let first = numeric.filter({ !$0.column.isTemporal }).max(by: { $0.variety < $1.variety }) {
      measures = [first.column]
    } else {
      aggregate = .count
    }
  }

  private mutating func chooseGroups(_ mentions: [Mention], _ words: OfflineWords) {
    let candidates = mentions.filter { !measures.contains($0.column) && (!$0.column.isNumeric || $0.isGroup) }
    // What is said plainly counts, else the one column that is most likely meant.
    let marked = candidates.filter { $0.group >= 4 }.sorted { $0.group > $1.group }
    let likely = candidates.filter { $0.group >= 2 }.max { $0.group < $1.group }
    if !marked.isEmpty {
      groups = marked.prefix(2).map(\.column)
    } else if let likely {
      groups = [likely.column]
    } else if words.contains(anyOf: OfflineLexicon.descending.union(OfflineLexicon.ascending).subtracting(["first"]))
      || words.concepts.contains(OfflineLexicon.meaning("chart"))
    {
      let texts = candidates.filter { !$0.column.isNumeric }
      let few = texts.filter { (2...30).contains($0.column.distinct ?? 0) }
      groups = (few.first ?? texts.first).map { [$0.column] } ?? []
    }
    counted = candidates.first { $0.isCounted && !groups.contains($0.column) }?.column
  }

  private mutating func chooseFilters(_ task: OfflineTask) {
    let text = " \(task.tokens.joined(separator: " ")) "
    for column in table.columns {
      let values = column.examples.filter { value in
        guard value.count > 1, !column.stems.contains(OfflineLexicon.stem(value)) else { return false }
        if column.isNumeric { return value.count == 4 && column.stems.contains("year") && text.contains(" \(value) ") }
        // A common word like `all` is a condition only in quotation marks or beside the column's name.
        return task.quoted.contains(value) || (value.contains(where: \.isUppercase) && text.contains(" \(value) "))
          || text.contains(" \(column.name) \(value) ") || text.contains(" \(value) \(column.name) ")
      }
      if !values.isEmpty { filters.append(Filter(column: column.name, values: values)) }
    }
  }

  private mutating func findUnresolved(_ words: OfflineWords) {
    let known = Set(table.columns.flatMap(\.stems))
    for index in words.words.indices where OfflineLexicon.distributive.contains(words.words[index]) {
      let rest = Array(zip(words.words, words.stems).dropFirst(index + 1).prefix(3))
      let concepts = rest.map { OfflineLexicon.concept(of: $1) }
      let isKnown =
        rest.contains { known.contains($1) }
        || table.columns.contains { column in
          column.stems.contains { concepts.contains(OfflineLexicon.concept(of: $0)) }
        }
      if let next = rest.first?.0, !isKnown { unresolved.append("\(words.words[index]) \(next)") }
    }
  }

  private mutating func chooseOrder(_ words: OfflineWords) {
    let ranks = OfflineLexicon.ascending.union(OfflineLexicon.descending)
    isAscending = words.contains(anyOf: OfflineLexicon.ascending)
    let isRanked = words.contains(anyOf: ranks)
    isInGroupOrder = !isRanked && groups.first?.isTemporal == true
    let number = words.words.indices.lazy.compactMap { index -> Int? in
      guard let number = OfflineLexicon.number(words.words[index]), (1...1_000).contains(number) else { return nil }
      let isBefore = index + 1 < words.words.count && ranks.contains(words.words[index + 1])
      let isAfter = index > 0 && ranks.contains(words.words[index - 1])
      return isBefore || isAfter ? number : nil
    }.first
    limit = number ?? (isRanked ? 10 : 30)
    hasComparison = [
      ["more", "than"], ["less", "than"], ["larger", "than"], ["greater", "than"], ["at", "least"], ["at", "most"],
    ]
    .contains { phrase in
      words.positions(of: phrase.map(OfflineLexicon.stem)).contains { place in
        words.words.dropFirst(place + 2).first.flatMap(OfflineLexicon.number) != nil
      }
    }
  }
}

extension OfflineTableQuestion {
  /// How a request speaks of one column.
  private struct Mention {
    let column: OfflineTable.Column
    /// How many words of its name the request says.
    var direct = 0
    /// Whether it says the whole name.
    var isWhole = false
    var similar = 0
    /// How sure it is that rows are to be grouped by it.
    var group = 0
    var isCounted = false
    /// Whether the request says `by`, `per` or the like directly before it.
    var isGroup: Bool { group >= 5 }
    var variety: Int { column.distinct ?? 0 }

    init(_ column: OfflineTable.Column, in words: OfflineWords, of table: OfflineTable) {
      self.column = column
      let stems = column.stems
      direct = stems.filter(words.stems.contains).count
      isWhole = direct == stems.count
      let concepts = Set(stems.map(OfflineLexicon.concept))
      similar = words.concepts.intersection(concepts).count
      guard let head = stems.last, direct > 0 else { return }
      let places = isWhole && stems.count > 1 ? words.positions(of: stems) : words.positions(of: [head])
      group = places.map { Self.weight(before: $0, words) }.max() ?? 0
      isCounted = group < 0
      // `Top products by revenue` orders by revenue; `by year` does group.
      if column.isNumeric, !column.isTemporal, !column.isIdentifier { group = min(group, 1) }
      guard group < 4, group > 0, let distinct = column.distinct, let rows = table.rowCount, rows > 0 else { return }
      if distinct * 2 <= rows { group += 1 } else if distinct * 10 > rows * 9 { group -= 2 }
    }

    private static func weight(before place: Int, _ words: OfflineWords) -> Int {
      let ranks = OfflineLexicon.ascending.union(OfflineLexicon.descending)
      var index = place - 1
      var hasRank = false
      while index >= 0 {
        let word = words.words[index]
        if OfflineLexicon.distributive.contains(word) { return 5 }
        if OfflineLexicon.interrogative.contains(word) { return 4 }
        if ["many", "different", "distinct", "unique"].contains(word) { return -1 }
        if word == "of", index > 0, words.stems[index - 1] == "number" || words.stems[index - 1] == "count" {
          return -1
        }
        if word == "and", index > 1 {
          // `by region and month`: what holds for the one holds for the other.
          return OfflineLexicon.distributive.contains(words.words[index - 2]) ? 5 : 1
        }
        if ranks.contains(word) {
          hasRank = true
        } else if !["the", "a", "individual"].contains(word),
          OfflineLexicon.number(word) == nil
        {
          break
        }
        index -= 1
      }
      return hasRank ? 4 : 1
    }
  }
}
