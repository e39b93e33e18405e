import SandboxCore
import Testing

/// Waits until `condition` holds; the test fails when it does not within a minute.
func eventually(_ what: String = "condition", _ condition: () async -> Bool) async throws {
  let deadline = Deadline(after: .seconds(60), time: .system)
  while await !condition() {
    try #require(!deadline.hasPassed, "still waiting for: \(what)")
    try await Task.sleep(for: .milliseconds(1))
  }
}
