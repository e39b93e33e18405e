import SandboxCore
import SandboxSchema

/// The result of a call, turned into what a model reads.
struct MCPCallResult {
  private let tool: MCPRemoteTool
  private let blocks: [JSONValue]
  private let structured: JSONValue?
  private let isError: Bool

  init(_ result: JSONObject, of tool: MCPRemoteTool) throws(SandboxError) {
    self.tool = tool
    structured = result["structuredContent"]
    isError = result["isError"] == .bool(true)
    switch result["content"] {
    case .array(let blocks)?: self.blocks = blocks
    case nil where structured != nil || isError: blocks = []
    default:
      throw SandboxError(
        .invalidResponse, "the tool \(tool.name.excerpt(128)) gave a result without content", cause: ToolFailure())
    }
  }

  /// - Throws: `.toolFailed` when the tool says that it failed; `.invalidResponse` when what it gave is not what it
  ///   promised.
  func output(server: String) throws(SandboxError) -> ToolOutput {
    let text = blocks.map { MCPContent($0).text }.joined(separator: "\n")
    if isError {
      let message = text.isEmpty ? "the tool failed and does not say why" : text.excerpt()
      throw SandboxError(
        .toolFailed, message, cause: ToolFailure(output: message == text ? nil : ToolOutput(text: text)))
    }
    guard let structured else {
      if tool.output != nil { throw broken("it gave no structuredContent", server) }
      return ToolOutput(text: text)
    }
    if let violation = tool.output?.validate(structured).first { throw broken(violation.description, server) }
    // Servers repeat the value as text for clients that do not know it.
    let repeats = blocks.count == 1 && (try? JSONValue(parsing: blocks[0]["text"]?.stringValue ?? "")) == structured
    if blocks.isEmpty || repeats || text == structured.stringValue { return ToolOutput(json: structured) }
    return ToolOutput(text: "\(text)\n\(structured.text())")
  }

  private func broken(_ what: String, _ server: String) -> SandboxError {
    SandboxError(
      .invalidResponse,
      "the tool \(tool.name.excerpt(128)) of the MCP server \(server) broke its own output schema: \(what.excerpt())",
      cause: ToolFailure())
  }
}
