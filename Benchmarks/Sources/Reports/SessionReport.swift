import Glibc
import SandboxTestKit

/// The built executable as a whole process.
enum SessionReport {
  static func print(executable: String, runs: Int) async throws {
    Swift.print("workload  runs  first request ms  wall ms  session ms  CPU ms  peak MiB   (medians; min..max of CPU)")
    for workload in [Workload.w1, .w2, .w2p, .w3(1), .w3(10), .w3(100), .w3(1000)] {
      var samples: [Sample] = []
      for index in 0...runs {
        let sample = try await Sample.measure(workload, executable: executable)
        // The first run warms the caches.
        if index > 0 { samples.append(sample) }
      }
      Swift.print(Sample.row(workload.name, samples))
      fflush(nil)
    }
  }
}
