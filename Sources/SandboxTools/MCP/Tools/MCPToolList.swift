import SandboxCore

/// What a server lists, and what was wrong with the rest of it.
package struct MCPToolList: Sendable {
  package private(set) var tools: [MCPRemoteTool] = []
  package private(set) var problems: [String] = []
  private var names: Set<String> = []
  private var seen = 0
  private var bytes = 0
  private let maximumBytes: Int

  /// Tools of one server, and problems that are told one by one.
  static let maximumTools = 10_000
  private static let maximumProblems = 100

  /// - Parameter maximumBytes: of all definitions together.
  package init(maximumBytes: Int = 16 << 20) { self.maximumBytes = maximumBytes }

  /// Takes one listed tool in. Of two with the same name only the first counts: the second would stand in its place.
  ///
  /// - Throws: `.limitExceeded` for more tools, or larger ones, than a session can keep.
  mutating func add(_ listed: JSONValue) throws(SandboxError) {
    seen += 1
    guard seen <= Self.maximumTools else {
      throw SandboxError(.limitExceeded, "the MCP server lists more than \(Self.maximumTools) tools")
    }
    do throws(SandboxError) {
      let tool = try MCPRemoteTool(listed)
      bytes += tool.bytes
      if names.insert(tool.name).inserted {
        tools.append(tool)
      } else {
        note("the tool \(JSONValue.string(tool.name.excerpt(128))) is listed twice; only the first counts")
      }
    } catch {
      note(error.message)
    }
    guard bytes <= maximumBytes else {
      throw SandboxError(.limitExceeded, "the MCP server lists more than \(maximumBytes) bytes of tools")
    }
  }

  private mutating func note(_ problem: String) {
    if problems.count < Self.maximumProblems { problems.append(problem) }
  }
}
