internal import CSQLite
package import SandboxCore

extension SQLiteConnection {
  private typealias Finish = @convention(c) (OpaquePointer?) -> Void

  /// Adds the aggregates that analysts expect and SQLite lacks: `median(x)`, `variance(x)` and `stddev(x)` of the
  /// sample (n - 1), `variance_pop(x)` and `stddev_pop(x)` of the population. Values that are not numbers are left out;
  /// without enough values the result is NULL. The median takes at most 16 million values.
  package func addStatisticFunctions() throws(SandboxError) {
    try addAggregate("median") { SampleStatistics.finish($0) { $0.median() } }
    try addAggregate("variance") { SampleStatistics.finish($0) { $0.variance(correction: 1) } }
    try addAggregate("variance_pop") { SampleStatistics.finish($0) { $0.variance(correction: 0) } }
    try addAggregate("stddev") { SampleStatistics.finish($0) { $0.variance(correction: 1)?.squareRoot() } }
    try addAggregate("stddev_pop") { SampleStatistics.finish($0) { $0.variance(correction: 0)?.squareRoot() } }
  }

  private func addAggregate(_ name: String, _ finish: Finish) throws(SandboxError) {
    // The first user-data bit says whether the values themselves are needed.
    let keepsValues = name == "median" ? UnsafeMutableRawPointer(bitPattern: 1) : nil
    let result = sqlite3_create_function_v2(
      handle, name, 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, keepsValues, nil,
      { context, count, values in
        guard count == 1, let value = values?[0] else { return }
        let type = sqlite3_value_numeric_type(value)
        guard type == SQLITE_INTEGER || type == SQLITE_FLOAT else { return }
        SampleStatistics.of(context, create: true)?.add(sqlite3_value_double(value), to: context)
      }, finish, nil)
    try check(result, "SQLite cannot add the function \(name)")
  }
}

/// The running state of one aggregate call.
private final class SampleStatistics {
  private static let valueLimit = 16_000_000

  private let keepsValues: Bool
  private var values: [Double] = []
  private var count = 0.0
  private var mean = 0.0
  /// Sum of squared distances from the mean, updated by Welford's method, which does not lose digits to cancellation.
  private var squares = 0.0

  private init(keepsValues: Bool) { self.keepsValues = keepsValues }

  func add(_ value: Double, to context: OpaquePointer?) {
    if keepsValues {
      guard values.count < Self.valueLimit else { return sqlite3_result_error_toobig(context) }
      values.append(value)
    } else {
      count += 1
      let delta = value - mean
      mean += delta / count
      squares += delta * (value - mean)
    }
  }

  func median() -> Double? {
    guard !values.isEmpty else { return nil }
    values.sort()
    let middle = values.count / 2
    return values.count.isMultiple(of: 2) ? values[middle - 1] / 2 + values[middle] / 2 : values[middle]
  }

  func variance(correction: Double) -> Double? {
    count > correction ? squares / (count - correction) : nil
  }

  /// The state that belongs to an aggregate call; SQLite keeps its address between the rows.
  static func of(_ context: OpaquePointer?, create: Bool) -> SampleStatistics? {
    let size = create ? MemoryLayout<UnsafeMutableRawPointer?>.size : 0
    guard let memory = sqlite3_aggregate_context(context, Int32(size)) else { return nil }
    let slot = memory.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
    if let existing = slot.pointee { return Unmanaged<SampleStatistics>.fromOpaque(existing).takeUnretainedValue() }
    guard create else { return nil }
    let state = SampleStatistics(keepsValues: sqlite3_user_data(context) != nil)
    slot.pointee = Unmanaged.passRetained(state).toOpaque()
    return state
  }

  /// Hands the result to SQLite and frees the state. SQLite calls this exactly once a group, after errors too.
  static func finish(_ context: OpaquePointer?, _ result: (SampleStatistics) -> Double?) {
    guard let state = of(context, create: false) else { return sqlite3_result_null(context) }
    if let value = result(state) { sqlite3_result_double(context, value) } else { sqlite3_result_null(context) }
    Unmanaged.passUnretained(state).release()
  }
}
