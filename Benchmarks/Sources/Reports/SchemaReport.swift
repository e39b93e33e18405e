/// How many tests of the official suite pass.
enum SchemaReport {
  /// Returns whether all do.
  static func print(suite folder: String) throws -> Bool {
    let results = try SchemaSuite(folder: folder).run()
    for result in results {
      Swift.print("\(result.draft): \(result.passed) of \(result.total)")
      for failure in result.failures { Swift.print("  failed: \(failure)") }
    }
    let passed = results.reduce(0) { $0 + $1.passed }
    let total = results.reduce(0) { $0 + $1.total }
    Swift.print("\(passed) of \(total) required tests")
    return passed == total
  }
}
