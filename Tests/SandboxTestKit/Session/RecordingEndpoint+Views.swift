package import SandboxCore

extension RecordingEndpoint {
  /// An endpoint that declines the calls for which there is an error.
  package convenience init(failure: @escaping @Sendable (Call) -> SandboxError?) {
    self.init { _, call throws(SandboxError) in
      if let error = failure(call) { throw error }
    }
  }

  /// The acknowledged status updates, in order.
  package var statuses: [StatusUpdate] {
    acknowledgedCalls.compactMap { if case .update(let status) = $0 { status } else { nil } }
  }

  package var phases: [SessionPhase] { statuses.map(\.phase) }

  package var deliveries: [ResultDelivery] {
    acknowledgedCalls.compactMap { if case .deliver(let results, _) = $0 { results } else { nil } }
  }
}
