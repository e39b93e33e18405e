/// The cells of a table while it is read.
struct HTMLTable {
  static let maximumColumns = 100
  private static let maximumRowSpan = 1000

  private(set) var rows: [[String]] = []
  /// Whether it only arranges a page, as tables with tables in them do; its cells are then no cells but text.
  var isLayout = false
  private(set) var isInCell = false
  private var span = (columns: 1, rows: 1)
  /// For each column, how many more rows a cell above reaches into.
  private var carried: [Int] = []
  private var hasRow = false

  mutating func beginRow() {
    hasRow = true
    rows.append([])
    fillCarried()
  }

  mutating func beginCell(_ tag: HTMLTag) {
    if !hasRow { beginRow() }
    isInCell = true
    func number(_ name: String, _ maximum: Int) -> Int { min(max(1, tag[name].flatMap { Int($0) } ?? 1), maximum) }
    span = (number("colspan", Self.maximumColumns), number("rowspan", Self.maximumRowSpan))
  }

  /// Cells beyond the hundredth of a row are put into that.
  mutating func endCell(_ text: String) {
    isInCell = false
    guard let row = rows.indices.last else { return }
    guard rows[row].count < Self.maximumColumns else {
      if !text.isEmpty { rows[row][Self.maximumColumns - 1] += " " + text }
      return
    }
    for column in 0..<min(span.columns, Self.maximumColumns - rows[row].count) {
      let place = rows[row].count
      rows[row].append(column == 0 ? text : "")
      while carried.count <= place { carried.append(0) }
      carried[place] = span.rows - 1
    }
    fillCarried()
  }

  mutating func endRow() { hasRow = false }

  /// Leaves the places free that cells of rows above take.
  private mutating func fillCarried() {
    guard let row = rows.indices.last else { return }
    while rows[row].count < carried.count, carried[rows[row].count] > 0 {
      carried[rows[row].count] -= 1
      rows[row].append("")
    }
  }

  /// Takes what has been read as plain text.
  mutating func takeTexts() -> [String] {
    defer { rows = [] }
    return rows.joined().filter { !$0.isEmpty }
  }
}
