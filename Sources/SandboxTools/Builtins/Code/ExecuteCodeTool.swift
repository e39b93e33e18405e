import SandboxCore

/// `execute_code`: runs code by file with the interpreter of its language. Whatever its text is, no shell reads it on
/// the way.
struct ExecuteCodeTool: BuiltinTool {
  static let name = "execute_code"
  private static let maximumInputBytes = 8 << 20
  private static let maximumArguments = 100

  private let context: BuiltinContext

  init(_ context: BuiltinContext) { self.context = context }

  func run(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput {
    let arguments = BuiltinArguments(invocation)
    let wish = try arguments.string("language")
    guard let language = CodeLanguage(rawValue: wish) else {
      let known = CodeLanguage.allCases.map(\.rawValue).joined(separator: ", ")
      throw SandboxError(.invalidArgument, "language is \(wish.quoted); it must be one of \(known)")
    }
    let input = try arguments.optionalString("stdin")
    guard input?.utf8.count ?? 0 <= Self.maximumInputBytes else {
      throw SandboxError(
        .invalidArgument, "stdin is larger than \(Self.maximumInputBytes) bytes; write a file, and let the code read it"
      )
    }
    let timeout = try arguments.optionalInt("timeoutMs", in: 1...600_000)
    let run = CodeRun(
      language: language, code: try arguments.string("code", maximumBytes: CodeRun.maximumCodeBytes),
      arguments: try Self.arguments(arguments["args"]), input: input,
      packages: try CodePackages(arguments["dependencies"], for: language),
      timeout: timeout.map { .milliseconds($0) })
    let result = try await run.run(context, invocation)
    let answer = try await result.answer(to: invocation, keepingBy: context.outputs)
    return ToolOutput(json: .object(answer), announcements: result.announcements, isolation: result.isolation)
  }

  private static func arguments(_ value: JSONValue?) throws(SandboxError) -> [String] {
    guard let value else { return [] }
    guard let list = value.arrayValue, list.count <= maximumArguments else {
      throw SandboxError(.invalidArgument, "args must be an array of at most \(maximumArguments) texts")
    }
    return try list.mapThrowing { entry throws(SandboxError) in
      guard let text = entry.stringValue, !text.utf8.contains(0) else {
        throw SandboxError(.invalidArgument, "args must have only texts, without NUL characters")
      }
      return text
    }
  }
}
