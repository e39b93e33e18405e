import Glibc
import SandboxControl
import Testing

/// A pipe whose writing end belongs to a sink, and what came through it so far.
final class Pipe {
  private let reading: Int32
  private let writing: Int32
  let sink: OutputSink
  private(set) var text = ""

  init() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (reading, writing) = (ends[0], ends[1])
    sink = OutputSink(descriptor: writing)
  }

  /// What came since the last call, once the sink has written all it has.
  func drain() async throws -> String {
    var bytes: [UInt8] = []
    for _ in 0..<60_000 {
      let wasIdle = sink.isIdle
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = read(reading, &buffer, buffer.count)
        if count <= 0 { break }
        bytes += buffer.prefix(count)
      }
      if wasIdle {
        let new = String(decoding: bytes, as: UTF8.self)
        text += new
        return new
      }
      try await Task.sleep(for: .milliseconds(1))
    }
    Issue.record("the sink does not come to rest")
    return ""
  }

  /// Ends the sink's thread, then the pipe.
  func close() async {
    await sink.finish(within: .seconds(60))
    Glibc.close(reading)
    Glibc.close(writing)
  }
}
