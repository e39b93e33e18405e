import SandboxCore

/// A call whose intent and worst case are in the journal.
struct AdmittedCall: Sendable {
  let id: CallID
  let outputCap: Int
  let reservation: Amount
  let idempotencyKey: String
}
