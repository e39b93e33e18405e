import SandboxCore

extension OfflineTableQuestion {
  /// The query that answers the question itself.
  var mainSQL: String { groupedSQL ?? totalsSQL }

  /// What the groups show, as a title.
  var heading: String {
    let unit = measures.first?.unit.map { " in \($0)" } ?? ""
    let name = amountPhrase.prefix(1).uppercased() + amountPhrase.dropFirst()
    return "\(name) by \(groups.map(\.phrase).joined(separator: " and "))\(unit)"
  }

  /// What is measured, in words.
  var amountPhrase: String {
    guard let phrase = measures.first?.phrase else { return "number of rows" }
    return phrase.hasPrefix(aggregate.rawValue) ? phrase : "\(aggregate.rawValue) \(phrase)"
  }

  /// One row a group, or nil when the request asks for no groups.
  var groupedSQL: String? {
    guard !groups.isEmpty else { return nil }
    let names = groups.map { Self.quoted($0.name) }
    let key = Self.quoted(amountNames[0])
    let columns = names + amounts + (aggregate == .count ? [] : ["COUNT(*) AS \"row_count\""])
    let order =
      isInGroupOrder
      ? names.joined(separator: ", ") : ([key + (isAscending ? " ASC" : " DESC")] + names).joined(separator: ", ")
    return "SELECT \(columns.joined(separator: ", ")) FROM \(reference)\(condition)"
      + " GROUP BY \(names.joined(separator: ", ")) ORDER BY \(order) LIMIT \(limit)"
  }

  /// One row over everything that was asked about.
  var totalsSQL: String {
    var columns = ["COUNT(*) AS \"row_count\""]
    for column in groups + (counted.map { [$0] } ?? []) {
      columns.append("COUNT(DISTINCT \(Self.quoted(column.name))) AS \(Self.quoted("distinct_\(column.name)"))")
    }
    for measure in measures {
      for aggregate in [Aggregate.total, .minimum, .maximum, .average] {
        columns.append(Self.amount(aggregate, measure))
      }
    }
    return "SELECT \(columns.joined(separator: ", ")) FROM \(reference)\(condition)"
  }

  /// The columns with amounts, in the order of the query.
  var amountNames: [String] {
    measures.isEmpty ? ["row_count"] : measures.map { "\(aggregate.rawValue)_\($0.name)" }
  }

  private var amounts: [String] {
    measures.isEmpty ? ["COUNT(*) AS \"row_count\""] : measures.map { Self.amount(aggregate, $0) }
  }

  private var condition: String {
    let conditions = filters.map { filter in
      "\(Self.quoted(filter.column)) IN (\(filter.values.map(Self.literal).joined(separator: ", ")))"
    }
    return conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))"
  }

  /// A table inside a database file is told as `file.table`, quoted where it must be.
  private var reference: String {
    table.name.contains("\"") || table.name.contains(".") ? table.name : Self.quoted(table.name)
  }

  private static func amount(_ aggregate: Aggregate, _ column: OfflineTable.Column) -> String {
    "\(aggregate.function)(\(quoted(column.name))) AS \(quoted("\(aggregate.rawValue)_\(column.name)"))"
  }

  private static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

  private static func literal(_ value: String) -> String {
    Int(value) != nil ? value : "'\(value.replacing("'", with: "''"))'"
  }
}
