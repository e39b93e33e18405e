import Glibc

extension TimeSource {
  /// The machine's clocks: CLOCK_MONOTONIC and CLOCK_REALTIME.
  package static let system = TimeSource(
    monotonic: {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    },
    wallMilliseconds: {
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    },
    sleep: { try await Task.sleep(for: $0) }
  )
}
