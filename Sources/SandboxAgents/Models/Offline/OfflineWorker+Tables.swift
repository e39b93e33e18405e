import SandboxCore

extension OfflineWorker {
  /// The rows of one query.
  struct Rows: Sendable {
    let columns: [String]
    let rows: [[JSONValue]]
    let isWhole: Bool
  }

  /// What the request asks of the table that fits it best.
  var question: OfflineTableQuestion? {
    let wanted = task.allWords.keyStems
    let named = tablePaths
    func score(_ table: OfflineTable) -> Int {
      table.columns.filter { !wanted.isDisjoint(with: $0.stems) }.count
        + (OfflineWords(table.name).stems.last.map(wanted.contains) == true ? 2 : 0)
        + (table.path.map(named.contains) == true ? 1 : 0)
    }
    let tables = facts.tables.filter { !$0.columns.isEmpty }
    return tables.max { score($0) < score($1) }.map { OfflineTableQuestion($0, task: task) }
  }

  /// The question as it is, and once more without conditions and with only the columns that the error names.
  private var attempts: [OfflineTableQuestion] {
    guard let question, let querier = tool(.queries) else { return [] }
    let failed = conversation.calls(of: querier.name).first {
      $0.isError && $0.arguments["sql"]?.stringValue == question.mainSQL
    }
    guard let failed else { return [question] }
    var table = question.table
    let named = table.columns.filter { failed.text.contains($0.name) }
    if named.count > 1 { table.columns = named }
    return [question, OfflineTableQuestion(table, task: task, isPlain: true)]
  }

  /// The question whose query brought rows, else the last that was tried.
  var answered: OfflineTableQuestion? { attempts.last { rows(of: $0.mainSQL) != nil } ?? attempts.last }

  func querying() -> [OfflineReply.Call] {
    guard let querier = tool(.queries), let question = attempts.last else { return [] }
    let path = question.table.path ?? tablePaths.first
    return [question.groupedSQL, question.totalsSQL].compactMap(\.self).compactMap { sql in
      var prepared: [String: JSONValue] = ["sql": .string(sql)]
      if let path, querier.parameters["properties"]?["path"] == nil { prepared["paths"] = [.string(path)] }
      return call(querier, path: path, prepared: prepared)
    }
  }

  func rows(of sql: String?) -> Rows? {
    guard let sql, let querier = tool(.queries) else { return nil }
    let call = conversation.calls(of: querier.name).first { !$0.isError && $0.arguments["sql"]?.stringValue == sql }
    guard let call, let value = call.value, let rows = value["rows"]?.arrayValue else { return nil }
    let columns =
      value["columns"]?.arrayValue?.compactMap { $0.stringValue ?? $0["name"]?.stringValue }
      ?? rows.first?.objectValue?.keys ?? []
    return Rows(
      columns: columns,
      rows: rows.map { row in row.arrayValue ?? columns.map { row[$0] ?? .null } }.filter { $0.count == columns.count },
      isWhole: call.isWhole && value["truncated"]?.boolValue != true)
  }

  /// Charts the groups, when a chart is asked for and there is none yet.
  func charting() -> [OfflineReply.Call] {
    guard let charter = tool(.charts), match.fits(charter), conversation.calls(of: charter.name).count < 2,
      !conversation.calls(of: charter.name).contains(where: { !$0.isError }),
      let question = answered, let rows = rows(of: question.groupedSQL), !rows.rows.isEmpty
    else { return [] }
    let labels = rows.rows.map { row in
      row.prefix(question.groups.count).map(OfflineNumber.text).joined(separator: " / ")
    }
    let values = rows.rows.map { $0.dropFirst(question.groups.count).first ?? .null }
    let data = zip(labels, values).map { ["label": .string($0), "value": $1] as JSONValue }
    var prepared: [String: JSONValue] = [
      "data": .array(data), "title": .string(question.heading), "labels": .array(labels.map { .string($0) }),
      "values": .array(values),
      "xLabel": .string(question.groups.map(\.name).joined(separator: " / ")),
      "yLabel": .string(question.amountNames[0]),
    ]
    for (name, schema) in charter.parameters["properties"]?.objectValue ?? [:] {
      if let members = schema["items"]?["properties"]?.objectValue, (prepared[name] == nil || name == "data") {
        let keys = members.keys
        let value = keys.first { ["value", "y", "amount", "count"].contains($0) }
        let label = keys.first { ["label", "name", "x", "category", "key"].contains($0) }
        guard let value, let label else { continue }
        prepared[name] = .array(zip(labels, values).map { .object([label: .string($0), value: $1]) })
      } else if let choices = schema["enum"]?.arrayValue, name == "type" || name == "kind" {
        let said = choices.first { $0.stringValue.map { task.words.stems.contains(OfflineLexicon.stem($0)) } ?? false }
        prepared[name] = said ?? (choices.contains("bar") ? "bar" : choices.first)
      }
    }
    return [call(charter, prepared: prepared)].compactMap(\.self)
  }
}
