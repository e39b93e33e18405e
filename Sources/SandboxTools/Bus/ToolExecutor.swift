package import SandboxCore

/// Runs one attempt of one tool. Admission, retries, timeout and records are the bus's business.
///
/// An executor must react to cancellation soon: that is how its timeout reaches it.
package protocol ToolExecutor: Sendable {
  /// - Throws: ``SandboxError``: `retry` says whether another attempt may help. A tool that ran and reported failure
  ///   throws `.toolFailed` with what it said.
  func execute(_ invocation: ToolInvocation) async throws(SandboxError) -> ToolOutput
}
