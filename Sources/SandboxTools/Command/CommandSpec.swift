/// How a command tool is run: a program with its arguments, without a shell.
package struct CommandSpec: Sendable, Hashable {
  /// The executable's absolute path.
  package let executable: String
  package let arguments: [Argument]
  package let input: Input
  package let output: Output
  package let timeout: Duration?
  /// Variables beyond the fixed ones.
  package let environment: [String: String]
  /// Variables whose values are secrets, by their names without `TOOL_SECRET_`.
  package let secrets: [String: String]
  /// The program and its script as they were when the manifest was loaded. Once they are others, nothing is run.
  package let pinned: [PinnedFile]
  package let grants: ToolGrants

  package enum Argument: Sendable, Hashable {
    case literal(String)
    /// A parameter as one argument. It may begin with `-` only where that cannot make it an option, or where the
    /// manifest says what it may be.
    case parameter(String, mayBeginWithDash: Bool)
  }

  package enum Input: String, Sendable, Hashable, CaseIterable { case none, json }
  package enum Output: String, Sendable, Hashable, CaseIterable { case text, json }

  package init(
    executable: String, arguments: [Argument] = [], input: Input = .none, output: Output = .text,
    timeout: Duration? = nil, environment: [String: String] = [:], secrets: [String: String] = [:],
    pinned: [PinnedFile] = [], grants: ToolGrants = .none
  ) {
    self.executable = executable
    self.arguments = arguments
    self.input = input
    self.output = output
    self.timeout = timeout
    self.environment = environment
    self.secrets = secrets
    self.pinned = pinned
    self.grants = grants
  }
}
