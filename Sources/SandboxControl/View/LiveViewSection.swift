/// A part of the live view: a heading that tells enough when nothing else fits, and items of which the most important
/// stay when there is little room.
struct LiveViewSection {
  let heading: StyledLine
  /// The smaller the rank, the longer it stays.
  let items: [(line: StyledLine, rank: Int)]

  /// Lines it would like to have.
  var wanted: Int { 1 + items.count }

  /// The section in exactly `count` lines, of those that it wanted.
  func lines(_ count: Int) -> [StyledLine] {
    guard count > 0 else { return [] }
    if count >= wanted { return [heading] + items.map(\.line) }
    // The last line says how many are left out, unless it is the only one.
    let room = count - 1 > 1 ? count - 2 : count - 1
    let kept = items.indices.sorted { (items[$0].rank, $0) < (items[$1].rank, $1) }.prefix(room).sorted()
    let rest = count - 1 > 1 ? [StyledLine("…", .dim).indented.adding("\(items.count - room) more", .dim)] : []
    return [heading] + kept.map { items[$0].line } + rest
  }
}
