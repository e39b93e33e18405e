/// Where the brackets and code spans of a text end, found in one pass so that parsing never searches twice.
struct MarkdownSpans {
  /// From the first backtick of a code span to the first of those that end it.
  private(set) var codeEnd: [Int: Int] = [:]
  /// From a `[` to its `]`.
  private(set) var closing: [Int: Int] = [:]
  private var runs: [Int: Int] = [:]

  init(_ text: [Character]) {
    findRuns(text)
    pairRuns()
    pairBrackets(text)
  }

  /// How many backticks follow each other from here on.
  func runLength(at position: Int) -> Int { runs[position] ?? 1 }

  private mutating func findRuns(_ text: [Character]) {
    var index = 0
    while index < text.count {
      guard text[index] == "`" else {
        index += text[index] == "\\" ? 2 : 1
        continue
      }
      let start = index
      while index < text.count, text[index] == "`" { index += 1 }
      runs[start] = index - start
    }
  }

  /// Each run ends at the next one of the same length, unless an earlier span covers it.
  private mutating func pairRuns() {
    let starts = runs.keys.sorted()
    var following: [Int: Int] = [:]
    var latest: [Int: Int] = [:]
    for start in starts.reversed() {
      let length = runs[start] ?? 0
      following[start] = latest[length]
      latest[length] = start
    }
    var coveredUntil = 0
    for start in starts where start >= coveredUntil {
      guard let close = following[start] else { continue }
      codeEnd[start] = close
      coveredUntil = close + (runs[close] ?? 0)
    }
  }

  private mutating func pairBrackets(_ text: [Character]) {
    var open: [Int] = []
    var index = 0
    while index < text.count {
      if let close = codeEnd[index] {
        index = close + runLength(at: close)
        continue
      }
      switch text[index] {
      case "\\": index += 1
      case "[": open.append(index)
      case "]": if let start = open.popLast() { closing[start] = index }
      default: break
      }
      index += 1
    }
  }
}
