package import SandboxCore
import SandboxIO

/// Makes the transport that a server's manifest asks for.
package struct MCPTransports: Sendable {
  /// For an address, its fixed headers, and how to prove who we are.
  package typealias HTTP =
    @Sendable (String, [HTTPHeader], Credential?) throws(SandboxError) -> any MCPTransport

  private let processes: MCPProcessSettings
  private let secrets: SecretStore
  private let limits: ConversationLimits
  private let http: HTTP

  package init(processes: MCPProcessSettings, secrets: SecretStore, http: @escaping HTTP) {
    self.init(processes: processes, secrets: secrets, limits: .default, http: http)
  }

  init(processes: MCPProcessSettings, secrets: SecretStore, limits: ConversationLimits, http: @escaping HTTP) {
    self.processes = processes
    self.secrets = secrets
    self.limits = limits
    self.http = http
  }

  /// - Parameters:
  ///   - server: the manifest's id.
  ///   - instance: tells the server's processes apart, one after the other.
  /// - Throws: `.unauthorized` for a secret that is not there; `.denied` for one that this server must not get, and for
  ///   a program that is not what it was when the manifest was loaded; `.unsupported` for hosts that a program was
  ///   granted and cannot be held to.
  func transport(
    for spec: MCPServerSpec, server: ToolID, instance: Int
  ) async throws(SandboxError) -> any MCPTransport {
    switch spec.endpoint {
    case .url(let url, let headers, let credential): return try http(url, headers, credential)
    case .command(let argv, let environment, let secrets):
      try PinnedFile.check(spec.pinned)
      let home = try processes.home(of: server)
      let grant = try await processes.confinement.grant(for: spec.grants, tool: server)
      let confined = processes.confinement.confinement(
        spec.grants, programs: argv.prefix(1) + spec.pinned.map(\.path), home: home, grant: grant)
      var variables = processes.variables(home: home)
      variables.append((ToolProcess.callVariable, "mcp:\(server)/\(instance)"))
      variables += ToolProcess.variables(for: confined.network, through: grant)
      for (name, value) in environment.sorted(by: { $0.key < $1.key }) { set(name, value, in: &variables) }
      for (name, secret) in secrets.sorted(by: { $0.key < $1.key }) {
        set(name, try value(of: secret, for: server), in: &variables)
      }
      return MCPStdioTransport(
        ProcessSpec(
          argv: argv, environment: variables, workingDirectory: processes.workingDirectory, confinement: confined,
          ownFolders: [home]),
        limits: limits, isolation: processes.confinement.summary(of: confined), grant: grant)
    }
  }

  /// Which server it is stays as we say it.
  private func set(_ name: String, _ value: String, in variables: inout [(String, String)]) {
    guard name != ToolProcess.callVariable else { return }
    variables.removeAll { $0.0 == name }
    variables.append((name, value))
  }

  private func value(of secret: String, for server: ToolID) throws(SandboxError) -> String {
    guard let found = secrets[secret] else {
      throw SandboxError(.unauthorized, "the secret \(secret) is missing; set TOOL_SECRET_\(secret)")
    }
    guard found.isBound(toTool: server.rawValue) else {
      throw SandboxError(
        .denied,
        "the secret \(secret) may not be given to \(server); TOOL_SECRET_\(secret)_HOSTS must name tool:\(server)")
    }
    return found.value
  }
}
