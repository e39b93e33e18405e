import SandboxCore

/// Whether the condition came true in time.
func eventually(within limit: Duration = .seconds(60), _ condition: () -> Bool) async throws -> Bool {
  let end = ContinuousClock.now + limit
  while !condition() {
    if ContinuousClock.now >= end { return false }
    try await Task.sleep(for: .milliseconds(5))
  }
  return true
}

/// Waits for the condition; that it does not come true in time is an error.
func until(
  _ limit: Duration = .seconds(60), line: Int = #line, _ condition: () -> Bool
) async throws {
  guard try await eventually(within: limit, condition) else {
    throw SandboxError(.timeout, "line \(line): what was waited for did not happen within \(limit)")
  }
}
