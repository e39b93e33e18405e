import Glibc
import SandboxCore
import SandboxTestKit

/// One run of one workload.
struct Sample {
  let firstRequest: Duration
  let wall: Duration
  /// From the first request's arrival to the last reply.
  let session: Duration
  let cpu: Duration
  let peakBytes: Int

  static func measure(_ workload: Workload, executable: String) async throws -> Sample {
    var template = Array("/tmp/sandbox-bench.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SandboxError(.io, "no temporary folder") }
    let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let server = WorkloadServer(latency: workload.latency)
    let sample = try await server.run { url in
      let environment = try workload.prepare(in: folder, modelURL: url)
      let start = TimeSource.system.monotonic()
      let process = try LaunchedSession(executable: executable, environment: environment, folder: folder)
      let code = try await process.wait(upTo: .seconds(120))
      let end = TimeSource.system.monotonic()
      let record = server.record
      let result = try JSONValue(parsing: LaunchedSession.text("\(folder)/state/sessions/bench/result.json"))
      guard result["usage"]?["toolErrors"]?.intValue == 0 else {
        throw SandboxError(.internalError, "\(workload.name): some tool calls failed: \(result.text())")
      }
      guard code == 0, record.requests == workload.expected.requests, record.toolCalls == workload.expected.toolCalls,
        let usage = process.usage, let first = record.firstRequest, let last = record.lastReply
      else {
        throw SandboxError(
          .internalError,
          "\(workload.name): exit \(code), \(record.requests) requests, \(record.toolCalls) tool calls; "
            + process.standardError)
      }
      return Sample(
        firstRequest: first - start, wall: end - start, session: last - first, cpu: usage.cpu,
        peakBytes: usage.peakBytes)
    }
    await removeTree(folder)
    return sample
  }

  private static func removeTree(_ path: String) async {
    guard
      let removal = try? LaunchedSession(
        executable: "/bin/rm", arguments: ["-rf", path], environment: [:], folder: "/tmp")
    else { return }
    _ = try? await removal.wait()
  }

  static func row(_ name: String, _ samples: [Sample]) -> String {
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    func milliseconds(_ pick: (Sample) -> Duration) -> [Double] { samples.map { pick($0).secondsAsDouble * 1000 } }
    func fixed(_ value: Double, _ width: Int) -> String {
      let tenths = Int((value * 10).rounded())
      let text = "\(tenths / 10).\(tenths % 10)"
      return String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let cpu = milliseconds(\.cpu)
    let peak = samples.map { Double($0.peakBytes) / 1_048_576 }
    return name + String(repeating: " ", count: max(1, 10 - name.count)) + fixed(Double(samples.count), 4)
      + fixed(median(milliseconds(\.firstRequest)), 18) + fixed(median(milliseconds(\.wall)), 9)
      + fixed(median(milliseconds(\.session)), 12) + fixed(median(cpu), 8) + fixed(median(peak), 10)
      + "   (\(fixed(cpu.min() ?? 0, 0))..\(fixed(cpu.max() ?? 0, 0)))"
  }
}
