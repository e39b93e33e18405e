package import SandboxIO

/// What a manifest asks for its program beyond what every program gets.
package struct ToolGrants: Sendable, Hashable {
  package enum Network: Sendable, Hashable {
    case none
    /// Through the runtime's proxy, to these hosts.
    case hosts([String])
    case full
  }

  /// Files and folders to read: absolute, or relative to the workspace.
  package var reads: [String]
  /// Files and folders to change: absolute, or relative to the workspace.
  package var writes: [String]
  package var network: Network
  /// Whether what it wrote into its own folder, or where it may write, may be executed.
  package var executesWritten: Bool
  package var limits: ResourceLimits

  package static let none = ToolGrants()
  /// For a program that runs as long as the session: its computing time is not that of one call.
  package static let server: ToolGrants = {
    var grants = ToolGrants()
    grants.limits.cpuSeconds = 0
    return grants
  }()

  package init(
    reads: [String] = [], writes: [String] = [], network: Network = .none, executesWritten: Bool = false,
    limits: ResourceLimits = .default
  ) {
    self.reads = reads
    self.writes = writes
    self.network = network
    self.executesWritten = executesWritten
    self.limits = limits
  }
}
