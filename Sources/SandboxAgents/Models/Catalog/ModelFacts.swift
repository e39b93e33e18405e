package import SandboxCore

/// What is known about a model before it is called.
package struct ModelFacts: Sendable, Hashable {
  /// Nil when nobody knows; such a model is refused when a cost limit is set.
  package var price: ModelPrice?
  /// The most input tokens it takes, when known.
  package var contextWindow: Int?
  /// The most tokens of one reply, when known.
  package var maxOutputTokens: Int?
  package var flags: Flags

  package struct Flags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let reasoning = Flags(rawValue: 1)
    package static let tools = Flags(rawValue: 2)
    /// Takes `reasoning_effort: "none"`.
    package static let effortNone = Flags(rawValue: 4)
    /// Refuses function tools in chat completions unless `reasoning_effort` is `none`.
    package static let chatToolsNeedEffortNone = Flags(rawValue: 8)
  }

  package init(
    price: ModelPrice? = nil, contextWindow: Int? = nil, maxOutputTokens: Int? = nil, flags: Flags = []
  ) {
    self.price = price
    self.contextWindow = contextWindow
    self.maxOutputTokens = maxOutputTokens
    self.flags = flags
  }

  package static let unknown = ModelFacts()
  /// A model that costs nothing.
  package static let free = ModelFacts(price: .free)
}
