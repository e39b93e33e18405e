import SandboxCore

/// Where a stream of events broke off.
struct MCPStreamMark: Sendable {
  let lastEventID: String?
  /// How long the server wants clients to wait before they come back.
  let retry: Duration?
  /// Nil when it ended in good order.
  let failure: SandboxError?

  /// Between a tenth of a second and half a minute.
  var delay: Duration { min(max(retry ?? .seconds(1), .milliseconds(100)), .seconds(30)) }
}
