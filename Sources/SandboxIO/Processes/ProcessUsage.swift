/// What a child and everything below it used.
package struct ProcessUsage: Sendable, Hashable {
  package var cpu: Duration = .zero
  /// The largest resident set of one process.
  package var peakBytes = 0
  /// Processes that the child had left behind and that were ended.
  package var sweptProcesses = 0
  /// Processes that could not be ended in time: they hang in the kernel.
  package var leftProcesses = 0
}
