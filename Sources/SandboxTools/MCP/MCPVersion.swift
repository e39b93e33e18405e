/// A revision of the Model Context Protocol.
package enum MCPVersion: String, Sendable, Hashable, CaseIterable {
  case v2026July = "2026-07-28"
  case v2025November = "2025-11-25"
  case v2025June = "2025-06-18"
  case v2025March = "2025-03-26"
  case v2024November = "2024-11-05"

  /// The one without sessions.
  package static let modern = MCPVersion.v2026July
  /// The newest one that begins with `initialize`.
  package static let legacy = MCPVersion.v2025November

  /// Whether there is no `initialize`, and every request says everything about itself in `_meta`.
  package var isModern: Bool { self == .v2026July }
}
