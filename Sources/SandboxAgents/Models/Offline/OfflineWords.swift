/// A text as the rules see it: its words in order, without punctuation, and what they mean.
struct OfflineWords: Sendable {
  /// Lower case, in order, with stop words.
  let words: [String]
  let stems: [String]
  /// Stems that say something.
  let keyStems: Set<String>
  let concepts: Set<String>

  init(_ text: String) {
    var words: [String] = []
    var word = ""
    var lastWasLower = false
    for character in text {
      let isPart = character.isLetter || character.isNumber
      // `SessionLog` and `sessionLog` are two words.
      if !isPart || (character.isUppercase && lastWasLower), !word.isEmpty {
        words.append(word.lowercased())
        word = ""
      }
      if isPart { word.append(character) }
      lastWasLower = character.isLowercase || character.isNumber
    }
    if !word.isEmpty { words.append(word.lowercased()) }
    self.init(words: words)
  }

  init(words: [String]) {
    self.words = words
    stems = words.map(OfflineLexicon.stem)
    keyStems = Set(zip(words, stems).filter { !OfflineLexicon.isStop($0.0) }.map(\.1))
    // Stop words that do say what is asked for.
    let questions = words.filter { $0 == "many" || $0 == "where" }.map(OfflineLexicon.stem)
    concepts = Set((keyStems.union(questions)).map(OfflineLexicon.concept))
  }

  /// The places at which all of `phrase` stands in order.
  func positions(of phrase: [String]) -> [Int] {
    guard !phrase.isEmpty, stems.count >= phrase.count else { return [] }
    return (0...(stems.count - phrase.count)).filter { stems[$0..<($0 + phrase.count)].elementsEqual(phrase) }
  }

  func contains(anyOf words: Set<String>) -> Bool { self.words.contains { words.contains($0) } }
}
