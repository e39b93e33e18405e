/// How far tools are held back, in a word.
package enum IsolationLevel: String, Sendable, Hashable, Comparable, CaseIterable {
  case weak, partial, strong

  package static func < (left: Self, right: Self) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}
