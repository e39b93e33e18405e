import Glibc

/// A Python with MCP servers that others wrote, as `make test` installs them (`Scripts/setup-tests.sh`).
package enum MCPPython {
  /// `mcp` of the present generation, with `mcp_server_time` and `mcp_server_git`.
  package static let present = path("mcp-venv")
  /// The generation before, which speaks the older protocol only, with `mcp_server_time` and `fastmcp`.
  package static let older = path("mcp-legacy-venv")

  private static func path(_ name: String) -> String? {
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let path = "/\(root)/.build/\(name)/bin/python"
    return access(path, X_OK) == 0 ? path : nil
  }
}
