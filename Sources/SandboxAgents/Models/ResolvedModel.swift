package import SandboxCore

/// A model that can be called, with what is known about it.
package struct ResolvedModel: Sendable {
  package let model: any LanguageModel
  package let facts: ModelFacts
  /// Nobody asked for it: no provider has a key, so the offline rules stand in. The caller says so once.
  package let isFallback: Bool

  package init(model: any LanguageModel, facts: ModelFacts, isFallback: Bool = false) {
    self.model = model
    self.facts = facts
    self.isFallback = isFallback
  }

  /// - Throws: `.invalidArgument` when money is limited and the model's price is not known: nothing could be reserved.
  package func checkPriced(under limits: ExecutionLimits) throws(SandboxError) {
    guard limits.costLimit != nil, facts.price == nil else { return }
    throw SandboxError(
      .invalidArgument,
      "model \(model.name) has no known price, so the cost limit cannot be kept: choose a model of the price table "
        + "(\(ModelCatalog.snapshot)), or set a token limit instead of the cost limit")
  }
}
