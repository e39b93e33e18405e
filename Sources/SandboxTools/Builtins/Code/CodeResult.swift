import SandboxCore
import SandboxIO

/// How a run of code ended, as its caller gets to read it.
struct CodeResult {
  /// Bytes of JSON that each stream may take of the answer.
  private static let outputBytes = 20 << 10
  private static let errorBytes = 8 << 10

  let argv: [String]
  let timeout: Duration
  let process: ProcessResult
  let redactor: Redactor
  /// What held it back.
  let isolation: String

  /// What the program said, and its exit code; that is 128 and the signal's number when a signal ended it.
  ///
  /// What does not fit is kept, and `whole` names it.
  ///
  /// - Throws: `.timeout` and `.outputLimit`, with what it had written until then.
  func answer(
    to invocation: ToolInvocation, keepingBy keeper: OutputKeeper
  ) async throws(SandboxError) -> JSONObject {
    switch process.termination {
    case .timedOut:
      throw failure(.timeout, "the code ran longer than \(timeout.milliseconds) ms and was stopped")
    case .outputLimit:
      throw failure(.outputLimit, "the code was stopped because it wrote more than is allowed; let it print less")
    default: try report.checkLimits()
    }
    let output = Self.bounded(process.standardOutput.redacted(by: redactor), Self.outputBytes)
    let error = Self.bounded(process.standardError.redacted(by: redactor), Self.errorBytes)
    var answer: JSONObject = ["stdout": .string(output.text), "stderr": .string(error.text)]
    switch process.status {
    case .exited(let code): answer["exitCode"] = .int(Int64(code))
    case .signaled(let number):
      answer["exitCode"] = .int(128 + Int64(number))
      answer["signal"] = .string(CommandReport.name(ofSignal: number))
    }
    answer["durationMs"] = .int(process.duration.milliseconds)
    let isTruncated = output.isTruncated || error.isTruncated
    answer["truncated"] = .bool(isTruncated)
    guard isTruncated else { return answer }
    let outcome = await keeper.keep(
      report.whole, of: invocation.callID, by: invocation.definition.id, agent: invocation.agentID)
    switch outcome {
    case .kept(let path, _, _): answer["whole"] = .string(path)
    case .refused(let reason): answer["wholeNotKept"] = .string(reason)
    }
    return answer
  }

  /// What watchers are told of it.
  var announcements: [Announcement] { unfinished.announcements }

  private var unfinished: ToolOutput { report.unfinished }

  private var report: CommandReport {
    CommandReport(argv: argv, result: process, redactor: redactor, isolation: isolation)
  }

  private func failure(_ code: SandboxError.Code, _ message: String) -> SandboxError {
    SandboxError(code, message, cause: ToolFailure(output: unfinished))
  }

  /// Text that takes at most `limit` bytes as a JSON text; without control characters, escapes at most double it.
  private static func bounded(_ output: CapturedOutput, _ limit: Int) -> (text: String, isTruncated: Bool) {
    var text = ToolText(output.text, limit: limit)
    if JSONValue.string(text.text).utf8().count > limit { text = ToolText(output.text, limit: limit / 2) }
    return (text.text, output.truncated || text.isTruncated)
  }
}
