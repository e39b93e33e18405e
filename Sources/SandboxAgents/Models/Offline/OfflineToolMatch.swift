import SandboxCore

/// How well a tool fits the words of a request.
///
/// A tool fits when at least half of the telling words of its name are meant, when its name has no telling word but two
/// of its common ones are, or when its description shares two telling words with the request.
struct OfflineToolMatch: Sendable {
  private let words: OfflineWords
  private let concepts: Set<String>

  /// - Parameter implied: Concepts that the request means without saying the word, as a table by naming a `.csv` file.
  init(_ words: OfflineWords, implied: Set<String> = []) {
    self.words = words
    concepts = words.concepts.union(implied)
  }

  init(_ task: OfflineTask) {
    var implied: Set<String> = []
    let kinds = task.inputPaths.map { OfflineTask.fileExtension($0) }
    if !kinds.isEmpty { implied.formUnion(["file", "read"].map(OfflineLexicon.meaning)) }
    if kinds.contains(where: OfflineFacts.tableExtensions.contains) { implied.insert(OfflineLexicon.meaning("table")) }
    if !task.urls.isEmpty { implied.insert(OfflineLexicon.meaning("web")) }
    self.init(task.words, implied: implied)
  }

  func means(_ word: String) -> Bool { concepts.contains(OfflineLexicon.meaning(word)) }

  func fits(name: String, description: String) -> Bool {
    let nameStems = OfflineWords(name).keyStems
    let telling = nameStems.filter { !OfflineLexicon.isWeak($0) }
    let meant = telling.filter(isMeant)
    if !telling.isEmpty, meant.count * 2 >= telling.count { return true }
    if telling.isEmpty, nameStems.filter(isMeant).count >= min(2, nameStems.count) { return true }
    let described = OfflineWords(description).keyStems.filter { !OfflineLexicon.isWeak($0) && isSaid($0) }
    return described.count >= 2
  }

  func fits(_ tool: ToolSpecification) -> Bool { fits(name: tool.name, description: tool.description) }

  private func isSaid(_ stem: String) -> Bool { words.keyStems.contains(stem) }
  private func isMeant(_ stem: String) -> Bool { isSaid(stem) || concepts.contains(OfflineLexicon.concept(of: stem)) }
}
