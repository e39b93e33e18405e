/// A pattern with `*` (any run) and `?` (any one character). Matching takes time proportional to pattern times text at
/// the worst, whatever the pattern.
package struct Glob: Sendable, Hashable {
  private let pattern: [Character]

  package init(_ pattern: String) { self.pattern = Array(pattern) }

  package func matches(_ text: String) -> Bool {
    let text = Array(text)
    var (p, t) = (0, 0)
    var star: (pattern: Int, text: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
        p += 1
        t += 1
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        p = last.pattern + 1
        t = last.text + 1
      } else {
        return false
      }
    }
    while p < pattern.count, pattern[p] == "*" { p += 1 }
    return p == pattern.count
  }
}
