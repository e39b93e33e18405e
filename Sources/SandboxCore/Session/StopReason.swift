/// Why a session stops before its work is done. Everything that can stop a session says it with one of these, through
/// one entrance; the first one wins and is what is reported.
package struct StopReason: Sendable, Hashable, Codable {
  package let kind: Kind
  /// One sentence for a reader: which limit with which value, which signal, which error.
  package let detail: String

  package init(_ kind: Kind, _ detail: String) {
    self.kind = kind
    self.detail = detail
  }

  package enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
    case hangup
    case interrupt
    case terminate
    case duration
    case cost
    case tokens
    case iterations
    case loop
    case delegation
    /// The orchestration itself failed.
    case failure
    /// Manifests or configuration rejected, none usable.
    case data
    /// The model or the cloud cannot be reached.
    case unavailable
    /// A credential was refused, or isolation cannot be had.
    case refused
    /// The store cannot be made durable.
    case io
    case internalError = "internal"
  }

  /// The phase in which the session ends for this reason.
  package var phase: SessionPhase {
    switch kind {
    case .hangup, .interrupt, .terminate: .cancelled
    case .duration, .cost, .tokens, .iterations, .loop, .delegation: .timedOut
    case .failure, .data, .unavailable, .refused, .io, .internalError: .failed
    }
  }
}

extension StopReason {
  package init(_ limit: LimitKind, detail: String) {
    let kind: Kind =
      switch limit {
      case .duration: .duration
      case .cost: .cost
      case .tokens: .tokens
      case .iterations: .iterations
      case .loop: .loop
      case .delegation: .delegation
      }
    self.init(kind, detail)
  }
}
