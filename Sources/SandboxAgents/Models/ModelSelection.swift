package import SandboxCore

/// Which model was asked for, as `AGENT_MODEL` or an agent's settings spell it.
package enum ModelSelection: Sendable, Hashable {
  case openai(String)
  case openrouter(String)
  case ollama(String)
  case offline
  /// A file of scripted replies.
  case scripted(String)

  /// Parses `openai/…`, `openrouter/…`, `ollama/…`, a bare name that the price table knows, `offline`, `scripted:FILE`.
  ///
  /// - Throws: `.unsupported` for what this version cannot call, `.invalidArgument` for anything else that is no model.
  package init(parsing text: String) throws(SandboxError) {
    let name = text.filter { !$0.isWhitespace }
    if name == "offline" {
      self = .offline
      return
    }
    if let file = Self.rest(of: text, after: "scripted:") {
      guard !file.isEmpty else {
        throw SandboxError(.invalidArgument, "model \"scripted:\" names no file; write scripted:FILE")
      }
      self = .scripted(file)
      return
    }
    for (prefix, make) in [
      ("openai/", Self.openai), ("openrouter/", Self.openrouter), ("ollama/", Self.ollama),
    ] {
      guard let model = Self.rest(of: name, after: prefix) else { continue }
      guard !model.isEmpty else {
        throw SandboxError(.invalidArgument, "model \"\(prefix)\" names no model; write \(prefix)NAME")
      }
      self = make(model)
      return
    }
    if name.hasPrefix("anthropic/") || name.hasPrefix("replay:") {
      throw SandboxError(.unsupported, "model \"\(name)\" is not available in this version; \(Self.forms)")
    }
    switch ModelCatalog.entry(for: name)?.provider {
    case "openai" where !name.contains("/"): self = .openai(name)
    case .some(let provider) where !name.contains("/"):
      throw SandboxError(
        .unsupported,
        "model \"\(name)\" of \(provider) is not available directly in this version; try openrouter/…/\(name)")
    default: throw SandboxError(.invalidArgument, "unknown model \"\(name)\"; \(Self.forms)")
    }
  }

  private static let forms =
    "use openai/NAME, openrouter/VENDOR/NAME, ollama/NAME, offline, scripted:FILE or a known OpenAI model name"

  private static func rest(of text: String, after prefix: String) -> String? {
    text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
  }

  /// As the journal and messages spell it.
  package var name: String {
    switch self {
    case .openai(let model): "openai/\(model)"
    case .openrouter(let model): "openrouter/\(model)"
    case .ollama(let model): "ollama/\(model)"
    case .offline: "offline"
    case .scripted(let file): "scripted:\(file)"
    }
  }
}
