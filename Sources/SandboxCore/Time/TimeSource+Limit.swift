extension TimeSource {
  /// Runs `work` for at most `limit`: when the time is over, `work` is cancelled and awaited, so it must stop when it is
  /// cancelled.
  ///
  /// - Throws: what `work` throws; `.timeout` when the time was over first; `.cancelled` when the caller was cancelled.
  package func withLimit<Value: Sendable>(
    _ limit: Duration, _ what: String, _ work: @escaping @Sendable () async throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value {
    let result = await withTaskGroup(of: Result<Value, SandboxError>?.self) { group in
      group.addTask {
        do throws(SandboxError) { return .success(try await work()) } catch { return .failure(error) }
      }
      group.addTask {
        do { try await sleep(limit) } catch { return nil }
        return .failure(SandboxError(.timeout, "\(what) took longer than \(limit)", retry: .backoff))
      }
      defer { group.cancelAll() }
      for await result in group { if let result { return result } }
      return .failure(SandboxError(.cancelled, "\(what) was cancelled"))
    }
    return try result.get()
  }
}
