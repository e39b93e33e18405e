import Glibc
import SandboxCore
import SandboxIO

/// Where MCP servers that are processes run, and what they are kept from.
package struct MCPProcessSettings: Sendable {
  package let workingDirectory: String
  /// Where each server gets a folder of its own, its `HOME`, in which package runners keep what they have downloaded.
  private let homes: String
  private let path: String
  private let user: String
  let confinement: ToolConfinement

  /// - Parameters:
  ///   - workingDirectory: an absolute path.
  ///   - homes: an absolute path.
  ///   - confinement: nil: servers are only kept from gaining privileges.
  package init(
    workingDirectory: String, homes: String, path: String = "/usr/local/bin:/usr/bin:/bin", user: String = "agent",
    confinement: ToolConfinement? = nil
  ) {
    self.workingDirectory = workingDirectory
    self.homes = homes
    self.path = path
    self.user = user
    self.confinement = confinement ?? ToolConfinement(isolation: .privilegesOnly, workspace: workingDirectory)
  }

  /// The server's own folder, the same for each of its processes, created if it is missing.
  func home(of server: ToolID) throws(SandboxError) -> String {
    let folder = "\(homes)/mcp-\(server)"
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
      let cause = SystemError(errno)
      throw SandboxError(.unavailable, "cannot create \(folder), the home of the MCP server: \(cause)", cause: cause)
    }
    return folder
  }

  /// The variables that the protocol's documents name as safe to hand on; a manifest's own come after.
  func variables(home: String) -> [(String, String)] {
    [
      ("PATH", path), ("HOME", home), ("TMPDIR", home), ("USER", user), ("LOGNAME", user), ("SHELL", "/bin/sh"),
      ("TERM", "dumb"), ("AGENT_SANDBOXED", "1"),
    ]
  }
}
