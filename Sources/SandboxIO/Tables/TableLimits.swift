/// What reading and querying tables may cost.
package struct TableLimits: Sendable, Hashable {
  /// Bytes of all files of one call.
  package var fileSize: Int
  /// Rows of a result.
  package var rows: Int
  /// Bytes of a result's values.
  package var resultSize: Int
  /// Time for a query, once the files are read.
  package var time: Duration

  package init(
    fileSize: Int = 256 << 20, rows: Int = 200, resultSize: Int = 64 << 10, time: Duration = .seconds(10)
  ) {
    self.fileSize = fileSize
    self.rows = rows
    self.resultSize = resultSize
    self.time = time
  }
}
