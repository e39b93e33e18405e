import SandboxCore

/// Passes on the progress of one request, as long as it grows and is not too much.
struct MCPProgressWatch: Sendable {
  let report: @Sendable (ToolProgress) -> Void
  private var last: Double?
  private var lastTime: Duration?
  private var count = 0

  /// Between two reports; what comes faster is dropped.
  private static let interval = Duration.milliseconds(100)
  private static let maximumReports = 1000

  init(report: @escaping @Sendable (ToolProgress) -> Void) { self.report = report }

  /// The report to make of a notification's parameters; nil when it is not worth one.
  mutating func progress(from params: JSONValue, now: Duration) -> ToolProgress? {
    guard let value = params["progress"]?.doubleValue, last.map({ value > $0 }) ?? true,
      lastTime.map({ now - $0 >= Self.interval }) ?? true, count < Self.maximumReports
    else { return nil }
    last = value
    lastTime = now
    count += 1
    return ToolProgress(
      message: params["message"]?.stringValue?.excerpt() ?? "", progress: value, total: params["total"]?.doubleValue)
  }
}
