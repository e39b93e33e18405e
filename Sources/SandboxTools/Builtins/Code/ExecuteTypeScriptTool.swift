import SandboxCore

/// `execute_typescript`: ``ExecuteCodeTool`` under the name and with the answer of the documents.
struct ExecuteTypeScriptTool: BuiltinTool {
  static let name = "execute_typescript"

  private let context: BuiltinContext

  init(_ context: BuiltinContext) { self.context = context }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = BuiltinArguments(invocation)
    let run = CodeRun(
      language: .typescript, code: try arguments.string("code", maximumBytes: CodeRun.maximumCodeBytes), arguments: [],
      input: nil, packages: try CodePackages(arguments["dependencies"], for: .typescript), timeout: nil)
    let result = try await run.run(context, invocation)
    let answer = try await result.answer(to: invocation, keepingBy: context.outputs)
    var shown: JSONObject = ["stdout": answer["stdout"] ?? "", "exitCode": answer["exitCode"] ?? 0]
    if let error = answer["stderr"]?.stringValue, !error.isEmpty { shown["stderr"] = .string(error) }
    for key in ["whole", "wholeNotKept"] { if let value = answer[key] { shown[key] = value } }
    return ToolOutput(json: .object(shown), announcements: result.announcements, isolation: result.isolation)
  }
}
