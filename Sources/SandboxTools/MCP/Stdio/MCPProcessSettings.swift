/// What every MCP server that runs as a process gets from us, beside what its manifest gives it.
package struct MCPProcessSettings: Sendable, Hashable {
  package let workingDirectory: String
  /// The server's `HOME`, where package runners keep what they have downloaded.
  package let home: String
  package let path: String
  package let user: String

  /// - Parameters:
  ///   - workingDirectory: an absolute path.
  ///   - home: an absolute path.
  package init(
    workingDirectory: String, home: String, path: String = "/usr/local/bin:/usr/bin:/bin", user: String = "agent"
  ) {
    self.workingDirectory = workingDirectory
    self.home = home
    self.path = path
    self.user = user
  }

  /// The variables that the protocol's documents name as safe to hand on; a manifest's own come after.
  var variables: [(String, String)] {
    [
      ("PATH", path), ("HOME", home), ("USER", user), ("LOGNAME", user), ("SHELL", "/bin/sh"), ("TERM", "dumb"),
    ]
  }
}
