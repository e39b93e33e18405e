import Glibc
import SandboxCore

/// What a tool call is made of, a line for each figure with what is asked of it.
enum ToolReport {
  static func print() async throws {
    for figure in try await BusMeasure().figures() { line(figure.name, figure.value, figure.unit) }
    let schema = try measureSchema()
    line("schema: check a typical tool call", microseconds(schema.valid), "µs")
    line("schema: the same with mistakes", microseconds(schema.invalid), "µs")
    line("schema: compile it", microseconds(schema.compile), "µs")
    for figure in RedactorMeasure().figures() { line("redactor: \(figure.name)", figure.value, figure.unit) }
    let call = try await MCPMeasure().roundTrip()
    line("MCP over stdio: call of a trivial server, median", call.median, "µs")
    line("MCP over stdio: 99 of 100 below", call.high, "µs")
  }

  private static func microseconds(_ duration: Duration) -> Double { duration.secondsAsDouble * 1e6 }

  private static func line(_ name: String, _ value: Double, _ unit: String) {
    let tenths = Int((value * 10).rounded())
    let number = "\(tenths / 10).\(abs(tenths % 10))"
    let padding = String(repeating: " ", count: max(1, 72 - name.count - number.count))
    Swift.print("\(name)\(padding)\(number) \(unit)")
    fflush(nil)
  }
}
