/// The search through a text that may come in pieces. What it decides about a byte never depends on how the text was cut.
struct RedactionScan {
  /// What is to be hidden, in order and apart from one another, in positions of the piece.
  private(set) var masks: [Range<Int>] = []
  /// The first of the ``masks`` began in an earlier piece.
  private(set) var isCarried = false
  /// What was found and begins after the place where it was found.
  private var pending: [Range<Int>] = []
  /// What was still going on when the piece ended.
  private var tails: [(tail: KeyShape.Tail, end: Int)] = []

  /// Looks through `text` from `start`; the bytes before that were looked at, and are there to look back.
  ///
  /// - Returns: up to where all is decided. What begins after that needs more text.
  mutating func run(_ table: RedactionTable, _ text: UnsafeBufferPointer<UInt8>, from start: Int, isFinal: Bool) -> Int
  {
    let open = tails
    tails = []
    for (tail, end) in open { follow(tail, from: end, text, isFinal) }
    var position = start
    while true {
      position = table.candidate(in: text, from: position)
      if position + RedactionTable.headCount > text.count {
        if isFinal { position = text.count }
        break
      }
      takePending(through: position)
      guard let finding = table.finding(at: position, in: text, isFinal: isFinal) else { break }
      if let end = finding.end { mask(position..<end) }
      if let shape = finding.shape { take(shape, at: position, text, isFinal) }
      position += 1
    }
    takePending(through: isFinal ? text.count : position - 1)
    return position
  }

  /// Writes what was decided between two positions.
  func write(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, into output: inout [UInt8]) {
    var position = start
    for (index, range) in masks.enumerated() {
      if position < range.lowerBound { output += text[position..<range.lowerBound] }
      if index > 0 || !isCarried { output += Redactor.mask.utf8 }
      position = range.upperBound
    }
    if position < end { output += text[position..<end] }
  }

  /// Forgets what was written up to `end`, and takes a new beginning of the text into account.
  mutating func advance(to end: Int, dropping count: Int) {
    let last = masks.last ?? 0..<0
    isCarried = last.upperBound > end
    masks = isCarried ? [(end - count)..<(last.upperBound - count)] : []
    pending = pending.map { ($0.lowerBound - count)..<($0.upperBound - count) }
    tails = tails.map { ($0.tail, $0.end - count) }
  }

  private mutating func take(
    _ match: KeyShape.Match, at position: Int, _ text: UnsafeBufferPointer<UInt8>, _ isFinal: Bool
  ) {
    guard match.range.lowerBound == position else {
      let index = pending.firstIndex { $0.lowerBound > match.range.lowerBound } ?? pending.endIndex
      pending.insert(match.range, at: index)
      return
    }
    mask(match.range)
    if let tail = match.tail { follow(tail, from: match.range.upperBound, text, isFinal) }
  }

  private mutating func takePending(through position: Int) {
    while let first = pending.first, first.lowerBound <= position { mask(pending.removeFirst()) }
  }

  private mutating func follow(
    _ tail: KeyShape.Tail, from start: Int, _ text: UnsafeBufferPointer<UInt8>, _ isFinal: Bool
  ) {
    // The last byte has to be seen together with the next.
    let last = isFinal ? text.count : text.count - 1
    var end = start
    while end < last, tail.holds(text[end], after: text[end - 1], before: end + 1 < text.count ? text[end + 1] : nil) {
      end += 1
    }
    if let index = masks.indices.last, end > masks[index].upperBound { masks[index] = masks[index].lowerBound..<end }
    if end >= last, !isFinal { tails.append((tail, end)) }
  }

  private mutating func mask(_ range: Range<Int>) {
    guard let last = masks.indices.last, range.lowerBound < masks[last].upperBound else {
      masks.append(range)
      return
    }
    if range.upperBound > masks[last].upperBound { masks[last] = masks[last].lowerBound..<range.upperBound }
  }
}
