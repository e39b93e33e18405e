extension SandboxError {
  /// What kind of thing went wrong. A struct, so that a code can be added without breaking an exhaustive switch.
  package struct Code: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    private init(_ rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }

    /// The caller's input is wrong: a schema violation, a malformed value.
    package static let invalidArgument = Code("invalid_argument")
    package static let notFound = Code("not_found")
    package static let alreadyExists = Code("already_exists")
    /// The operation does not fit the current state, as a transition that the state machine does not allow.
    package static let invalidState = Code("invalid_state")
    /// Somebody else changed the value first (compare-and-set).
    package static let conflict = Code("conflict")
    package static let timeout = Code("timeout")
    package static let cancelled = Code("cancelled")
    package static let rateLimited = Code("rate_limited")
    /// A limit of the session (money, tokens, steps, size) would be passed.
    package static let limitExceeded = Code("limit_exceeded")
    /// The other side refused our credential.
    package static let unauthorized = Code("unauthorized")
    /// The other side cannot be reached or is failing.
    package static let unavailable = Code("unavailable")
    /// The other side answered with something that breaks its protocol.
    package static let invalidResponse = Code("invalid_response")
    /// The other side understood and declined.
    package static let rejected = Code("rejected")
    package static let denied = Code("denied")
    package static let unsupported = Code("unsupported")
    package static let outputLimit = Code("output_limit")
    /// A tool ran and reported failure; the session goes on.
    package static let toolFailed = Code("tool_failed")
    /// The journal cannot be made durable. The session must stop.
    package static let io = Code("io")
    /// An invariant of ours broke.
    package static let internalError = Code("internal")
  }
}
