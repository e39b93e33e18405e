/// Whether somebody has to agree before a tool is called.
package enum ToolApproval: String, Sendable, Hashable, CaseIterable {
  case never, always
  /// For every effect but `pure`.
  case onDestructive = "on-destructive"
}
