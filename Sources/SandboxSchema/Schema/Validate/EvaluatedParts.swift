/// Which elements or properties of one value some schema has described, for the `unevaluated…` keywords.
struct EvaluatedParts: Sendable {
  private var words: [UInt64]

  init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

  mutating func insert(_ position: Int) { words[position >> 6] |= 1 << UInt64(position & 63) }

  func contains(_ position: Int) -> Bool { words[position >> 6] & 1 << UInt64(position & 63) != 0 }

  mutating func formUnion(_ other: EvaluatedParts) {
    for index in words.indices { words[index] |= other.words[index] }
  }
}
