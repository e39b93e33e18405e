import SandboxCore
package import SandboxIO

/// How the programs of a session's tools are confined: what the kernel offers here, and what a call may do with files.
///
/// A program reads the system and the session's workspace, and changes nothing but the folder of its call and what its
/// manifest was granted. The journal, the folders of other calls and the home of the user are never among that.
package struct ToolConfinement: Sendable {
  package let isolation: Isolation
  private let workspace: String
  private let inputs: [String]
  /// Where a manifest's own paths can lead: those in the workspace, and those that are absolute.
  private let relativeRoots: [String]
  private let absoluteRoots: [String]
  private let proxy: EgressProxy?

  /// - Parameters:
  ///   - workspace: the real path of the session's workspace.
  ///   - inputs: real paths of what the user lets the session read.
  ///   - paths: what manifests may be granted besides, as the owner says.
  ///   - proxy: what programs reach hosts through; nil when there is none, and then none can be granted.
  package init(
    isolation: Isolation, workspace: String, inputs: [String] = [], paths: [String] = [], proxy: EgressProxy? = nil
  ) {
    self.isolation = isolation
    self.workspace = workspace
    self.inputs = inputs
    relativeRoots = [RealPath.of(workspace) ?? workspace] + inputs
    absoluteRoots = relativeRoots + paths.map { RealPath.of($0) ?? $0 }
    self.proxy = proxy
  }

  /// For one program, which may read what every program may, besides.
  ///
  /// - Parameters:
  ///   - programs: its executable, and the scripts and programs that it runs.
  ///   - home: its own folder.
  ///   - grant: what lets it through the proxy.
  package func confinement(
    _ grants: ToolGrants, programs: [String], home: String, grant: EgressGrant? = nil
  ) -> Confinement {
    let write: FileRule.Access = grants.executesWritten ? .writeAndExecute : .write
    var files = programs.flatMap { ProgramFolders.rules(for: $0, untrusted: absoluteRoots) }
    files.append(FileRule(.read, workspace))
    files += inputs.map { FileRule(.read, $0) }
    files.append(FileRule(write, home))
    files += grants.reads.compactMap { granted($0).map { FileRule(.execute, $0, isExact: true) } }
    files += grants.writes.compactMap { granted($0).map { FileRule(write, $0, isExact: true) } }
    let network: Confinement.Network =
      switch grants.network {
      case .none: .none
      case .full: .full
      case .hosts: grant.map { .proxy(port: $0.port) } ?? .none
      }
    return isolation.confinement(files: files, network: network, limits: grants.limits)
  }

  /// Opens the way to the hosts that a manifest was granted; nil when it asks for none. To be closed after the call.
  ///
  /// - Throws: `.unsupported` when nothing here could keep the program from going elsewhere.
  func grant(for grants: ToolGrants, tool: ToolID) async throws(SandboxError) -> EgressGrant? {
    guard case .hosts(let hosts) = grants.network else { return nil }
    guard let proxy else {
      throw SandboxError(.unsupported, "\(tool) may reach some hosts, but there is no proxy for it here")
    }
    guard isolation.canHoldToProxy else {
      throw SandboxError(
        .unsupported,
        "\(tool) may reach only some hosts, and this kernel cannot hold it to them (namespaces, or Landlock 4 and "
          + "seccomp, are needed); AGENT_TOOL_NETWORK=\(tool) with \"network\": \"full\" lets it reach all")
    }
    return try await proxy.register(hosts: hosts)
  }

  /// For the record of a call.
  ///
  /// - Parameter grant: when the call is over, for what it has reached by it.
  func summary(of confinement: Confinement, _ grant: EgressGrant? = nil) -> String {
    [isolation.report.summary(network: confinement.network), grant?.usage.summary].compactMap { $0 }
      .joined(separator: "; ")
  }

  /// Where a granted path leads now. A program that may write could have put a link there, so it must not lead to what
  /// such a path cannot be granted; the guard sees to it that nothing changes until then.
  private func granted(_ path: String) -> String? {
    let isAbsolute = path.hasPrefix("/")
    let absolute = isAbsolute ? path : path == "." ? workspace : "\(workspace)/\(path)"
    guard let real = RealPath.of(absolute) else { return nil }
    return (isAbsolute ? absoluteRoots : relativeRoots).contains { RealPath.contains($0, real) } ? real : nil
  }
}
