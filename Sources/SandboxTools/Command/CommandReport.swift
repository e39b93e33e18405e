import SandboxCore
import SandboxIO

/// Makes a tool's output, or its error, of how a program ended.
struct CommandReport {
  private let argv: [String]
  private let result: ProcessResult
  /// Without secrets, because it is cut in several ways.
  private let standardOutput: CapturedOutput
  private let standardError: CapturedOutput
  private let redactor: Redactor
  private let isolation: String?

  /// - Parameter isolation: what held the program back, for the record.
  init(argv: [String], result: ProcessResult, redactor: Redactor, isolation: String? = nil) {
    self.argv = argv
    self.result = result
    standardOutput = result.standardOutput.redacted(by: redactor)
    standardError = result.standardError.redacted(by: redactor)
    self.redactor = redactor
    self.isolation = isolation
  }

  /// Bytes of each stream that watchers are told, and of what an error quotes.
  private static let quotedBytes = 4 << 10

  func output(_ format: CommandSpec.Output) throws(SandboxError) -> ToolOutput {
    try checkLimits()
    switch (result.termination, result.status) {
    case (.outputLimit, _):
      throw failed(
        .outputLimit,
        "\(name) was stopped because it wrote \(totalBytes) bytes, more than is allowed; ask it for less")
    case (.timedOut, _): throw failed(.timeout, "\(name) ran too long")
    case (_, .signaled(let signal)):
      throw failed(.toolFailed, "\(name) was ended by \(Self.name(ofSignal: signal))\(said)")
    case (_, .exited(let code)) where code != 0:
      throw failed(.toolFailed, "\(name) ended with exit code \(code)\(said)")
    case (_, .exited): break
    }
    switch format {
    case .text: return text
    case .json: return try json()
    }
  }

  /// - Throws: `.limitExceeded` when the program was stopped for using too much.
  func checkLimits() throws(SandboxError) {
    guard let limit = result.termination.passedLimit else { return }
    throw failed(.limitExceeded, "\(name) was stopped because it \(limit)\(said)")
  }

  /// What a program that was stopped had written until then, on both streams.
  var unfinished: ToolOutput {
    let error = standardError
    let said = error.totalBytes == 0 ? "" : "\n[standard error]\n\(error.text)"
    return ToolOutput(
      text: standardOutput.text + said,
      totalBytes: standardOutput.totalBytes + (said.isEmpty ? 0 : error.totalBytes + 18), whole: whole,
      announcements: [announcement], isolation: isolation)
  }

  private var text: ToolOutput {
    let output = standardOutput
    if output.totalBytes == 0, standardError.totalBytes > 0 {
      return ToolOutput(
        text: "[standard error]\n\(standardError.text)", totalBytes: standardError.totalBytes + 17,
        whole: WholeOutput(standardError), announcements: [announcement], isolation: isolation)
    }
    return ToolOutput(
      text: output.text, totalBytes: output.totalBytes, whole: WholeOutput(output), announcements: [announcement],
      isolation: isolation)
  }

  /// Both streams.
  var whole: WholeOutput { WholeOutput(standardOutput, error: standardError) }

  private func json() throws(SandboxError) -> ToolOutput {
    let output = result.standardOutput
    guard !output.truncated else {
      throw failed(.outputLimit, "\(name) printed \(output.totalBytes) bytes of JSON; ask it for less")
    }
    do throws(SandboxError) {
      return ToolOutput(json: try JSONValue(parsing: output.head), announcements: [announcement], isolation: isolation)
    } catch {
      let head = ToolText(standardOutput.text, limit: Self.quotedBytes).text
      throw failed(
        .invalidResponse,
        "\(name) was to print JSON, but what it printed is not valid: \(error.message). It begins: \(head)")
    }
  }

  private var name: String { argv.first?.split(separator: "/").last.map(String.init) ?? "the program" }

  private var totalBytes: Int { standardOutput.totalBytes + standardError.totalBytes }

  /// The end of standard error, where programs say why they failed.
  private var said: String {
    let error = standardError
    let tail = (error.head + error.tail).suffix(Self.quotedBytes)
    let text = ToolText.sanitized(String(decoding: tail, as: UTF8.self))
    return text.allSatisfy(\.isWhitespace) ? "" : ":\n\(text)"
  }

  private func failed(_ code: SandboxError.Code, _ message: String) -> SandboxError {
    let unsaid = max(0, standardError.totalBytes - Self.quotedBytes)
    let kept = ToolOutput(
      text: standardOutput.text, totalBytes: standardOutput.totalBytes + unsaid, whole: whole,
      announcements: [announcement], isolation: isolation)
    return SandboxError(code, message, cause: ToolFailure(output: kept))
  }

  private var announcement: Announcement {
    var data: JSONObject = [
      "command": .string(Self.bounded(redactor.redact(argv.map(Self.quoted).joined(separator: " ")))),
      "output": .string(Self.bounded(standardOutput.text)),
      "error": .string(Self.bounded(standardError.text)),
    ]
    switch result.status {
    case .exited(let code): data["exitCode"] = .int(Int64(code))
    case .signaled(let signal):
      data["exitCode"] = .int(128 + Int64(signal))
      data["signal"] = .string(Self.name(ofSignal: signal))
    }
    return Announcement("terminal", .object(data))
  }

  private static func bounded(_ text: String) -> String { ToolText(text, limit: quotedBytes).text }

  /// An argument as one would type it.
  private static func quoted(_ argument: String) -> String {
    let isPlain =
      !argument.isEmpty
      && argument.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "-_./=:,+@%".utf8.contains(byte)
        }
      }
    return isPlain
      ? argument : "'\(argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
  }

  static func name(ofSignal number: Int32) -> String {
    let names: [Int32: String] = [
      1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 5: "SIGTRAP", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE",
      9: "SIGKILL",
      10: "SIGUSR1", 11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 24: "SIGXCPU",
      25: "SIGXFSZ", 31: "SIGSYS",
    ]
    return names[number] ?? "signal \(number)"
  }
}
