/// Which server speaks the chat completions protocol, as far as it changes what we send.
package enum OpenAIProfile: String, Sendable, Hashable {
  case openai
  case openrouter
  case ollama
  /// vLLM, llama.cpp, LiteLLM and whatever else stands behind a base URL of its own.
  case generic

  /// The name of the cap on the reply's tokens. OpenAI refuses both together and, for reasoning models, the old one;
  /// Ollama ignores the new one.
  var outputCap: StaticString {
    switch self {
    case .openai, .openrouter: "max_completion_tokens"
    case .ollama, .generic: "max_tokens"
    }
  }
}
