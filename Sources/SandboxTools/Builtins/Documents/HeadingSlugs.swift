/// Names headings for links to them: `First steps` is `first-steps`, a second one `first-steps-2`.
struct HeadingSlugs {
  private var counts: [String: Int] = [:]
  private var taken: Set<String> = []

  mutating func slug(for text: String) -> String {
    var base = ""
    for character in text.lowercased() {
      if character.isLetter || character.isNumber {
        base.append(character)
      } else if !base.isEmpty, base.last != "-" {
        base.append("-")
      }
      if base.utf8.count >= 64 { break }
    }
    while base.last == "-" { base.removeLast() }
    if base.isEmpty { base = "section" }
    var (slug, count) = (base, counts[base] ?? 0)
    repeat {
      count += 1
      slug = count == 1 ? base : "\(base)-\(count)"
    } while taken.contains(slug)
    counts[base] = count
    taken.insert(slug)
    return slug
  }
}
