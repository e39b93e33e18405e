package import SandboxCore

extension MCPSession {
  private static var maximumPages: Int { 100 }

  /// Everything that the server lists, page by page.
  ///
  /// - Throws: `.limitExceeded` for more than 100 pages, 10,000 tools or 16 MiB of them; `.invalidResponse` for a list
  ///   that is none or whose pages go in a circle; what a request throws.
  package func listTools() async throws(SandboxError) -> MCPToolList {
    var list = MCPToolList()
    var cursor: String?
    // An empty text is a cursor like any other.
    var cursors: Set<String> = []
    for _ in 0..<Self.maximumPages {
      let page = try await listPage(cursor)
      guard let tools = page["tools"]?.arrayValue else {
        throw SandboxError(.invalidResponse, "the MCP server \(name) answered tools/list without a list of tools")
      }
      for tool in tools { try list.add(tool) }
      switch page["nextCursor"] {
      case nil, .null?: return list
      case .string(let next)?:
        guard cursors.insert(next).inserted else {
          throw SandboxError(.invalidResponse, "the MCP server \(name) lists its tools in a circle")
        }
        cursor = next
      default:
        throw SandboxError(.invalidResponse, "the MCP server \(name) gave a cursor that is no text")
      }
    }
    throw SandboxError(
      .limitExceeded, "the MCP server \(name) lists its tools on more than \(Self.maximumPages) pages")
  }

  private func listPage(_ cursor: String?) async throws(SandboxError) -> JSONObject {
    let params: JSONObject = if let cursor { ["cursor": .string(cursor)] } else { [:] }
    do throws(SandboxError) {
      return try await request("tools/list", params, version: agreement?.version)
    } catch {
      guard error.remoteError?.code == MCPRemoteError.methodNotFound, agreement?.capabilities["tools"] == nil else {
        throw error
      }
      // It never said that it has tools.
      return ["tools": []]
    }
  }
}
