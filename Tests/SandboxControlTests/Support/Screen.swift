/// A small terminal: what somebody would see after these bytes. Knows what the live view uses, and counts everything
/// else as a problem.
struct Screen {
  private(set) var columns: Int
  private(set) var rows: Int
  /// All lines ever shown, the last `rows` of them on the screen.
  private var grid: [[Character]] = [[]]
  private var row = 0
  private var column = 0
  private var wraps = true
  private(set) var wrapped = 0
  private(set) var problems: [String] = []

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }

  var lines: [String] {
    var lines = grid.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  private var top: Int { max(0, grid.count - rows) }

  mutating func feed(_ text: String) {
    var scalars = Substring(text).unicodeScalars
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\n": lineFeed()
      case "\r": column = 0
      case "\u{1B}":
        guard scalars.popFirst() == "[" else {
          problems.append("an escape that is no control sequence")
          continue
        }
        var argument = ""
        while let next = scalars.popFirst() {
          if next.properties.isAlphabetic {
            control(argument, next)
            break
          }
          argument.unicodeScalars.append(next)
        }
      case _ where scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format:
        problems.append("control character \(scalar.value)")
      default: put(Character(scalar))
      }
    }
  }

  /// Becomes another size, breaking the lines that are too long, as most terminals do.
  mutating func resize(columns: Int, rows: Int) {
    var broken: [[Character]] = []
    for (index, line) in grid.enumerated() {
      if index == row { row = broken.count }
      var rest = line[...]
      repeat {
        broken.append(Array(rest.prefix(columns)))
        rest = rest.dropFirst(columns)
      } while !rest.isEmpty
    }
    grid = broken
    self.columns = columns
    self.rows = rows
  }

  private mutating func control(_ argument: String, _ command: Unicode.Scalar) {
    switch (argument, command) {
    case ("?7", "l"): wraps = false
    case ("?7", "h"): wraps = true
    case (_, "A"): row = max(top, row - (Int(argument) ?? 1))
    case ("2", "K"): grid[row] = []
    case ("", "J"):
      grid[row] = Array(grid[row].prefix(column))
      grid.removeLast(grid.count - row - 1)
    case (_, "m"): break
    default: problems.append("control sequence \(argument)\(command)")
    }
  }

  private mutating func lineFeed() {
    row += 1
    column = 0
    if row == grid.count { grid.append([]) }
  }

  private mutating func put(_ character: Character) {
    if column == columns {
      if wraps { lineFeed() } else { column -= 1 }
      wrapped += 1
    }
    while grid[row].count <= column { grid[row].append(" ") }
    grid[row][column] = character
    column += 1
  }
}
