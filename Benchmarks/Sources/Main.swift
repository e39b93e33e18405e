import Glibc
import SandboxCore
import SandboxTestKit

/// Measures the built executable as a whole process against a scripted model server in this process.
///
///     sandbox-bench EXECUTABLE [RUNS]
@main
enum Main {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 2 else {
      print("usage: sandbox-bench EXECUTABLE [RUNS]")
      exit(64)
    }
    let runs = arguments.count > 2 ? Int(arguments[2]) ?? 5 : 5
    print("workload  runs  first request ms  wall ms  session ms  CPU ms  peak MiB   (medians; min..max of CPU)")
    for workload in [Workload.w1, .w2, .w2p, .w3(1), .w3(10), .w3(100), .w3(1000)] {
      var samples: [Sample] = []
      for index in 0...runs {
        let sample = try await Sample.measure(workload, executable: arguments[1])
        // The first run warms the caches.
        if index > 0 { samples.append(sample) }
      }
      print(Sample.row(workload.name, samples))
      fflush(nil)
    }
  }
}
