import SandboxCore

/// What the rules decided to do next.
enum OfflineReply: Sendable {
  case answer(String)
  case calls([Call])

  struct Call: Sendable, Hashable {
    let name: String
    let arguments: JSONValue
  }

  static let note = "Note: no language model was used; fixed rules chose the tools and composed this text."
}
