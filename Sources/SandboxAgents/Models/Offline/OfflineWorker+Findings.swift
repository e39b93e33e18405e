import SandboxCore

extension OfflineWorker {
  private static let maximumFilesShown = 20

  /// All that this agent's own calls have shown.
  var findings: OfflineSections {
    var sections = OfflineSections()
    addFiles(to: &sections)
    addHeads(to: &sections)
    addTable(to: &sections)
    addOthers(to: &sections)
    for artifact in facts.artifacts {
      sections.artifacts.append(
        "- \(OfflineSections.code(artifact.name)) (made by \(artifact.tool), id \(artifact.id))")
    }
    for call in conversation.calls where tool(named: call.name) && (call.text != "" || !call.isError) {
      let arguments = call.arguments["sql"]?.stringValue ?? OfflineSections.clipped(call.arguments.text(), to: 160)
      sections.method.append("- \(call.name): \(OfflineSections.code(arguments))")
      if call.isError {
        let message = OfflineSections.clipped(OfflineSections.cell(call.text), to: 300)
        sections.problems.append("- \(call.name) failed: \(message)")
      }
    }
    for (tool, missing) in uncalled {
      sections.problems.append(
        "- \(tool) was not called: no value for its argument \(missing.argument), because \(missing.reason).")
    }
    return sections
  }

  private func tool(named name: String) -> Bool { !Self.runtimeTools.contains(name) }

  // MARK: - Files

  private func addFiles(to sections: inout OfflineSections) {
    guard !facts.files.isEmpty else { return }
    let atLeast = facts.listingIsWhole ? "" : "at least "
    for kind in kinds {
      let files = facts.files.filter { kind.extensions.contains(OfflineTask.fileExtension($0.path)) }
      let endings = kind.extensions.map { ".\($0)" }.joined(separator: ", ")
      let isWhole = facts.listingIsWhole || isCounted(kind.extensions)
      sections.findings.append(
        "Files of the kind \(kind.word) (\(endings)): **\(isWhole ? "" : "at least ")\(files.count)**, "
          + "\(Self.bytes(files)) in all."
      )
    }
    var counts: [String: Int] = [:]
    for file in facts.files { counts[OfflineTask.fileExtension(file.path), default: 0] += 1 }
    let types = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(8)
      .map { "\($0.value) \($0.key.isEmpty ? "without ending" : ".\($0.key)")" }
    sections.data.append(
      "The workspace has \(atLeast)\(Self.count(facts.files.count, "file")), \(Self.bytes(facts.files)) in all: "
        + "\(types.joined(separator: ", "))."
    )
    let relevant = Set(facts.relevant(to: task)).subtracting(
      kinds.isEmpty
        ? []
        : facts.files.map(\.path).filter { path in
          !task.inputPaths.contains(path)
        })
    let shown = facts.files.count <= 10 ? facts.files : facts.files.filter { relevant.contains($0.path) }
    if !shown.isEmpty {
      sections.data.append(
        OfflineSections.table(
          ["file", "bytes"], shown.prefix(Self.maximumFilesShown).map { [$0.path, $0.bytes.map(String.init) ?? ""] }))
    }
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  private static func bytes(_ files: [OfflineFacts.File]) -> String {
    "\(files.reduce(0) { $0.addingSaturating($1.bytes ?? 0) }) bytes"
  }

  private func addHeads(to sections: inout OfflineSections) {
    guard let reader = tool(.reads) else { return }
    for call in conversation.calls(of: reader.name) where !call.isError {
      let path = call.arguments["path"]?.stringValue ?? call.value?["path"]?.stringValue ?? reader.name
      let text = call.value?["text"]?.stringValue ?? call.value?["content"]?.stringValue ?? call.text
      let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
      let separator: Character? = ["tsv": "\t", "tab": "\t", "csv": ","][OfflineTask.fileExtension(path)]
      if let separator, let header = lines.first {
        let columns = header.split(separator: separator, omittingEmptySubsequences: false)
        sections.data.append(
          "The file \(path) has \(columns.count) columns: \(columns.joined(separator: ", ")). It begins:")
      } else {
        sections.data.append("The file \(path) begins:")
      }
      let head = lines.prefix(separator == nil ? 6 : 4).map { OfflineSections.clipped(String($0), to: 160) }
      sections.data.append(OfflineSections.block(head.joined(separator: "\n")))
    }
  }

  // MARK: - Tables

  private func addTable(to sections: inout OfflineSections) {
    for table in facts.tables {
      let columns = table.columns.map { "\($0.name) (\($0.isNumeric ? "number" : "text"))" }.joined(separator: ", ")
      let place = table.path.map { " in \($0)" } ?? ""
      let rows = table.rowCount.map { ", \($0) rows" } ?? ""
      sections.data.append("Table \(table.name)\(place)\(rows), columns: \(columns).")
    }
    guard let question = answered else { return }
    let totals = rows(of: question.totalsSQL)
    if let rows = rows(of: question.groupedSQL) { addGroups(rows, totals, question, to: &sections) }
    if let totals, let row = totals.rows.first {
      sections.findings.append("Totals over all rows\(question.filters.isEmpty ? "" : " that meet the conditions"):")
      sections.findings.append(
        OfflineSections.table(["total", "value"], zip(totals.columns, row).map { [$0, OfflineNumber.text($1)] }))
      if row.contains(where: { if case .double = $0 { true } else { false } }) {
        sections.findings.append("Amounts that are not whole are rounded to two decimals.")
      }
    }
    for filter in question.filters {
      sections.data.append("Only rows where \(filter.column) is \(filter.values.joined(separator: " or ")).")
    }
    for phrase in question.unresolved {
      sections.problems.append("- No column was found for \"\(phrase)\", so the rows were not divided that way.")
    }
    if question.hasComparison {
      sections.problems.append(
        "- A comparison with a number in the request was not applied: the rules know only equality.")
    }
  }

  private func addGroups(
    _ rows: Rows, _ totals: Rows?, _ question: OfflineTableQuestion, to sections: inout OfflineSections
  ) {
    let count = question.groups.count
    guard let first = rows.rows.first, first.count > count else {
      sections.findings.append("The query returned no rows.")
      return
    }
    let amount = rows.columns[count]
    let whole = totals.flatMap { totals in
      totals.columns.firstIndex(of: amount).flatMap { index in totals.rows.first.map { $0[index] } }
    }
    let isShared = question.aggregate == .total || question.aggregate == .count
    func share(_ row: [JSONValue]) -> String? {
      isShared ? whole.flatMap { OfflineNumber.percent(row[count], of: $0) } : nil
    }
    let unit = question.measures.first?.unit.map { " \($0)" } ?? ""
    if !question.isInGroupOrder {
      let name = first.prefix(count).map(OfflineNumber.text).joined(separator: " / ")
      let part = share(first).map { ", \($0) % of \(whole.map(OfflineNumber.text) ?? "")\(unit)" } ?? ""
      let rank = question.isAscending ? "lowest" : "highest"
      sections.findings.append(
        "**\(name)** has the \(rank) \(question.amountPhrase): **\(OfflineNumber.text(first[count]))\(unit)**\(part).")
    }
    let all = count == 1 ? totals?.columns.firstIndex(of: "distinct_\(question.groups[0].name)") : nil
    let groups = all.flatMap { totals?.rows.first?[$0] }.map { " of \(OfflineNumber.text($0))" } ?? ""
    sections.findings.append(
      "\(question.heading) (\(rows.rows.count)\(groups) shown), from the table \(question.table.name):")
    let shares = rows.rows.map(share)
    let hasShares = shares.contains { $0 != nil }
    sections.findings.append(
      OfflineSections.table(
        rows.columns + (hasShares ? ["share %"] : []),
        zip(rows.rows, shares).map { $0.map(OfflineNumber.text) + (hasShares ? [$1 ?? ""] : []) }, numbersFrom: count))
    if hasShares, let whole {
      let shown = OfflineNumber.sum(rows.rows.map { $0[count] }).map { JSONValue.int($0) }
      let together = shown.map { sum in
        " The rows shown add up to \(OfflineNumber.text(sum))\(unit)"
          + (OfflineNumber.percent(sum, of: whole).map { ", \($0) %." } ?? ".")
      }
      sections.findings.append(
        "Shares are of \(OfflineNumber.text(whole))\(unit), rounded half up to one decimal.\(together ?? "")")
    }
    if !rows.isWhole { sections.problems.append("- The rows came back cut; there may be more than are shown.") }
  }

  // MARK: - Other tools

  private func addOthers(to sections: inout OfflineSections) {
    let known = zip(tools, capabilities).filter { $1 != nil }.map(\.0.name)
    for call in conversation.calls where !call.isError && tool(named: call.name) && !known.contains(call.name) {
      if let matches = call.value?["matches"]?.arrayValue, matches.allSatisfy({ $0["path"] != nil }) {
        addMatches(matches, call, to: &sections)
      } else {
        let about = OfflineSections.clipped(call.arguments.text(), to: 160)
        let text = OfflineSections.clipped(call.value?.text(.pretty) ?? OfflineTask.trimmed(call.text), to: 2_000)
        sections.findings.append("\(call.name) \(OfflineSections.code(about)) returned:")
        sections.findings.append(OfflineSections.block(text))
      }
    }
  }

  private func addMatches(_ matches: [JSONValue], _ call: OfflineConversation.Call, to sections: inout OfflineSections)
  {
    let what = (call.arguments["pattern"] ?? call.arguments["query"])?.stringValue ?? call.name
    var lines: [String: [String]] = [:]
    for match in matches {
      guard let path = match["path"]?.stringValue else { continue }
      lines[path, default: []].append(match["line"].map(OfflineNumber.text) ?? "")
    }
    let isWhole = call.isWhole && call.value?["truncated"]?.boolValue != true
    sections.findings.append(
      "\(OfflineSections.code(what)) occurs in "
        + "**\(isWhole ? "" : "at least ")\(Self.count(matches.count, "line"))** of "
        + Self.count(lines.count, "file")
        + (lines.count > Self.maximumFilesShown ? "; \(Self.maximumFilesShown) are shown." : "."))
    let rows = lines.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.prefix(Self.maximumFilesShown)
    guard !rows.isEmpty else { return }
    sections.findings.append(
      OfflineSections.table(
        ["file", "lines", "first at line"],
        rows.map { [$0.key, String($0.value.count), $0.value.prefix(3).joined(separator: ", ")] }))
  }
}
