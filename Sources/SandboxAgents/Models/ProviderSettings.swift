/// Keys and addresses of the model providers, as the environment gives them. Empty strings count as absent.
package struct ProviderSettings: Sendable {
  package var openAIKey: String?
  package var openAIBaseURL: String?
  package var openRouterKey: String?
  package var anthropicKey: String?
  /// As `localhost:11434` or a URL.
  package var ollamaHost: String?

  package init(
    openAIKey: String? = nil, openAIBaseURL: String? = nil, openRouterKey: String? = nil, anthropicKey: String? = nil,
    ollamaHost: String? = nil
  ) {
    self.openAIKey = openAIKey
    self.openAIBaseURL = openAIBaseURL
    self.openRouterKey = openRouterKey
    self.anthropicKey = anthropicKey
    self.ollamaHost = ollamaHost
  }

  static let openAIDefaultBaseURL = "https://api.openai.com/v1"
  static let openRouterBaseURL = "https://openrouter.ai/api/v1"

  /// The base URL for `OLLAMA_HOST`, which may lack scheme and port.
  static func ollamaBaseURL(_ host: String?) -> String {
    var text = host?.isEmpty == false ? host ?? "" : "localhost:11434"
    while text.hasSuffix("/") { text.removeLast() }
    var scheme = "http://"
    for known in ["http://", "https://"] where text.hasPrefix(known) {
      scheme = known
      text.removeFirst(known.count)
    }
    if text.hasSuffix("/v1") { text.removeLast(3) }
    // A server that listens on all addresses is reached on this machine by its loopback address.
    if text == "0.0.0.0" || text.hasPrefix("0.0.0.0:") { text = "127.0.0.1" + text.dropFirst(7) }
    let hostPart = text.prefix { $0 != "/" }
    let afterBracket = hostPart.lastIndex(of: "]").map { hostPart[$0...] } ?? hostPart
    if scheme == "http://", !afterBracket.contains(":"), !text.contains("/") { text += ":11434" }
    return scheme + text + "/v1"
  }
}
