/// At most `capacity` events in any window of `length`, exactly: no burst at the border between two windows.
package struct SlidingWindow: Sendable {
  package let capacity: Int
  package let length: Duration
  private var times: [Duration] = []
  private var head = 0

  package init(capacity: Int, length: Duration = .seconds(60)) {
    self.capacity = max(1, capacity)
    self.length = length
  }

  /// Charges one event at `now`, or says how long to wait until the next one is allowed (nothing is charged then).
  package mutating func charge(at now: Duration) -> Duration? {
    while head < times.count, times[head] + length <= now { head += 1 }
    if head > 1024, head * 2 > times.count {
      times.removeFirst(head)
      head = 0
    }
    guard times.count - head < capacity else { return times[head] + length - now }
    times.append(now)
    return nil
  }
}
