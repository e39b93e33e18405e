/// Something that the cloud endpoint must have. It is queued in the same commit as the fact it tells, and is delivered
/// until it is acknowledged, in this run or by `sandbox-entry sync`.
package struct OutboxItem: Sendable, Hashable, Codable {
  package let id: String
  /// The same for every attempt; the endpoint uses it to drop a repetition.
  package let idempotencyKey: String
  package let payload: Payload

  package enum Payload: Sendable, Hashable, Codable {
    case results(ResultDelivery)
    case status(StatusUpdate)
  }

  package init(id: String, idempotencyKey: String, payload: Payload) {
    self.id = id
    self.idempotencyKey = idempotencyKey
    self.payload = payload
  }
}

package struct OutboxAttempted: Sendable, Hashable, Codable {
  package let id: String
  package let isAcknowledged: Bool
  package let error: ErrorRecord?

  package init(id: String, isAcknowledged: Bool, error: ErrorRecord? = nil) {
    self.id = id
    self.isAcknowledged = isAcknowledged
    self.error = error
  }
}
