internal import Dispatch
package import SandboxCore

/// Reads files as SQL tables and answers queries about them. Nothing is written anywhere, and the files stay as they
/// are.
///
/// A file of text or JSON becomes a table named after it, its columns typed by all of their values (INTEGER, REAL,
/// TEXT; an empty field is NULL). A SQLite file is opened read-only; its tables are `file.table`. Queries may only
/// read, have SQLite's functions and `median`, `stddev`, `stddev_pop`, `variance` and `variance_pop`, and are bounded
/// by ``TableLimits``.
///
/// Everything throws `invalidArgument` for a file that is no table and for wrong SQL (with the tables and columns there
/// are), `denied` for SQL that does more than read, `limitExceeded` for files that are too large, `timeout`, and
/// `cancelled` when the caller is cancelled, which stops a running query.
package struct TableDatabase: Sendable {
  private let limits: TableLimits

  private static let queue = DispatchQueue(label: "tables", attributes: .concurrent)

  package init(limits: TableLimits = TableLimits()) { self.limits = limits }

  /// The tables of a file with their columns, types and first values. Describes at most 100 tables.
  package func describe(_ source: TableSource) async throws(SandboxError) -> TableDescription {
    try await perform([source]) { (session) throws(SandboxError) in try session.describe() }
  }

  /// The answer to one query over the tables of these files (of which ten may be databases).
  package func query(_ sql: String, _ sources: [TableSource]) async throws(SandboxError) -> TableResult {
    try await perform(sources) { (session) throws(SandboxError) in try session.query(sql) }
  }

  /// Loads the files and runs `body`, on a thread that may wait.
  private func perform<Value: Sendable>(
    _ sources: [TableSource], _ body: @escaping @Sendable (TableSession) throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value {
    let control = TableControl()
    let limits = limits
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, SandboxError>, Never>) in
        Self.queue.async {
          continuation.resume(
            returning: Result { () throws(SandboxError) in
              try control.check()
              return try body(TableSession(sources, limits, control))
            })
        }
      }
    } onCancel: {
      control.cancel()
    }
    return try result.get()
  }
}
