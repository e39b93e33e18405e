import SandboxTestKit
import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct BuiltinTableTests {
  @Test func describesATable() async throws {
    try await BuiltinFixture.with { session in
      try session.write("region,amount\nnorth,1.5\nsouth,2\n", to: "data/sales.csv")
      let description = try await session.call("describe_table", ["path": "data/sales.csv"])
      #expect(description["path"] == "data/sales.csv")
      #expect(description["tables"]?[0]?["name"] == "sales")
      #expect(description["tables"]?[0]?["rowCount"] == 2)
      #expect(description["tables"]?[0]?["columns"]?.arrayValue?.map { $0["type"] } == ["TEXT", "REAL"])
    }
  }

  /// The query's numbers against sums that this test makes itself.
  @Test func queriesAgreeWithPlainSums() async throws {
    var random = SeededGenerator(seed: 5)
    let regions = ["north", "south", "east"]
    var csv = "region,amount\n"
    var sums: [String: Int64] = [:]
    for _ in 0..<500 {
      let region = regions[random.next(3)]
      let amount = Int64(random.next(10_000)) - 5_000
      csv += "\(region),\(amount)\n"
      sums[region, default: 0] += amount
    }
    try await BuiltinFixture.with { [csv, sums] session in
      try session.write(csv, to: "sales.csv")
      try session.write(
        "{\"region\":\"north\",\"head\":\"Ann\"}\n{\"region\":\"east\",\"head\":\"Bo\"}\n", to: "heads.jsonl")
      let totals = try await session.call(
        "query_table", ["sql": "SELECT region, SUM(amount) FROM sales GROUP BY region", "path": "sales.csv"])
      let found = (totals["rows"]?.arrayValue ?? []).map { ($0[0]?.stringValue ?? "", Int64($0[1]?.intValue ?? 0)) }
      #expect(Dictionary(uniqueKeysWithValues: found) == sums)
      let joined = try await session.call(
        "query_table",
        [
          "sql": "SELECT head, SUM(amount) FROM sales JOIN heads USING (region) GROUP BY head ORDER BY head",
          "paths": ["sales.csv", "heads.jsonl"],
        ])
      #expect(
        joined["rows"] == [["Ann", .int(sums["north"] ?? 0)], ["Bo", .int(sums["east"] ?? 0)]])
      let many = try await session.output("query_table", ["sql": "SELECT * FROM sales", "path": "sales.csv"])
      #expect(many.text.utf8.count <= ToolText.maximumBytes)
      #expect(try JSONValue(parsing: many.text)["rowCount"] == 500)
    }
  }

  @Test func refusesWhatIsNoQueryOfTheFiles() async throws {
    try await BuiltinFixture.with { session in
      try session.write("a\n1\n", to: "t.csv")
      #expect(try await session.failure("query_table", ["sql": "DROP TABLE t", "path": "t.csv"]).code == .denied)
      #expect(try await session.failure("query_table", ["sql": "SELECT 1"]).message.contains("path for one"))
      #expect(try await session.failure("query_table", ["sql": "SELECT 1", "paths": [1]]).code == .invalidArgument)
      #expect(try await session.failure("query_table", ["sql": "SELECT 1", "path": "../t.csv"]).code == .denied)
      let wrong = try await session.failure("query_table", ["sql": "SELECT b FROM t", "path": "t.csv"])
      #expect(wrong.message.contains("t(a)"))
      let paths = JSONValue.array((0..<17).map { .string("\($0).csv") })
      #expect(try await session.failure("query_table", ["sql": "SELECT 1", "paths": paths]).code == .limitExceeded)
    }
  }
}
