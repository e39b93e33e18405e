import SandboxCore
import SandboxSQLite

@testable import SandboxAgents

extension OfflineRig {
  static func tool(
    _ name: String, _ description: String, _ category: String, _ properties: JSONObject, required: [JSONValue] = [],
    _ run: @escaping Handler
  ) -> Tool {
    let schema: JSONValue = [
      "type": "object", "properties": .object(properties), "required": .array(required), "additionalProperties": false,
    ]
    return Tool(
      specification: ToolSpecification(name: name, description: description, parameters: schema, category: category),
      run: run)
  }

  var allTools: [Tool] {
    let text: JSONValue = ["type": "string"]
    return extra + [
      Self.tool(
        "list_files", "List what is in a folder of the workspace", "research",
        [
          "path": text, "pattern": text, "recursive": ["type": "boolean"],
          "limit": ["type": "integer", "maximum": 1000],
        ],
        listFiles),
      Self.tool(
        "read_file", "Read a part of a text file of the workspace", "research",
        ["path": text, "offset": ["type": "integer"], "maxBytes": ["type": "integer"]], required: ["path"], readFile),
      Self.tool(
        "search_text", "Find the lines of the workspace's text files that contain a text", "research",
        ["pattern": text, "path": text, "caseSensitive": ["type": "boolean"]], required: ["pattern"], searchText),
      Self.tool(
        "describe_table", "Describe the columns of a CSV, TSV or JSON file as tables", "analytics", ["path": text],
        required: ["path"], describeTable),
      Self.tool(
        "query_table", "Run a read-only SQL query over CSV, TSV or JSON files", "analytics",
        ["sql": text, "path": text, "paths": ["type": "array", "items": text]], required: ["sql"], queryTable),
      Self.tool(
        "generate_chart", "Draw a bar, line or pie chart from data as an SVG artifact", "analytics",
        [
          "title": text, "type": ["type": "string", "enum": ["bar", "line", "pie", "scatter"]],
          "data": [
            "type": "array", "items": ["type": "object", "properties": ["label": text, "value": ["type": "number"]]],
          ],
        ], required: ["title", "type"]
      ) { (arguments) throws(SandboxError) in
        self.charts.append(arguments)
        return ["artifactId": "a-\(self.charts.count)", "name": "chart-\(self.charts.count).svg"]
      },
      Self.tool(
        "generate_document", "Write a document from Markdown as an artifact", "content",
        ["title": text, "content": text, "format": ["type": "string", "enum": ["html", "markdown"]], "name": text],
        required: ["title", "content", "format"]
      ) { (arguments) throws(SandboxError) in
        self.documents.append(arguments)
        return ["artifactId": "d-\(self.documents.count)", "name": "report-\(self.documents.count).md"]
      },
      Self.tool(
        "write_file", "Replace or create a file of the workspace", "content", ["path": text, "content": text],
        required: ["path", "content"]
      ) { (arguments) throws(SandboxError) in
        self.files[arguments["path"]?.stringValue ?? ""] = arguments["content"]?.stringValue
        return ["path": arguments["path"] ?? .null]
      },
    ]
  }

  func tools(_ category: String) -> [Tool] { allTools.filter { $0.specification.category == category } }

  var metaTools: [Tool] {
    let text: JSONValue = ["type": "string"]
    let categories = Set(allTools.map(\.specification.category)).sorted()
    let agent: JSONValue = ["type": "string", "enum": .array(categories.map { .string("omega:\($0)") })]
    let step: JSONValue = ["type": "object", "properties": ["id": text, "agentId": agent, "task": text]]
    let list = allTools.map { tool in
      [
        "id": .string(tool.specification.name), "name": .string(tool.specification.name),
        "description": .string(tool.specification.description), "category": .string(tool.specification.category),
      ] as JSONValue
    }
    return [
      Self.tool("list_available_tools", "List the tools", "session", ["category": text]) { (_) throws(SandboxError) in
        ["tools": .array(list)]
      },
      Self.tool(
        "create_plan", "Plan", "session", ["description": text, "steps": ["type": "array", "items": step]],
        required: ["steps"]
      ) { (_) throws(SandboxError) in .null },
      Self.tool("delegate_task", "Delegate", "session", ["agentId": agent, "task": text, "context": text]) {
        (_) throws(SandboxError) in .null
      },
    ]
  }

  // MARK: - Handlers

  private func listFiles(_ arguments: JSONValue) throws(SandboxError) -> JSONValue {
    let glob = Glob(arguments["pattern"]?.stringValue ?? "*")
    let folder = arguments["path"]?.stringValue ?? "."
    let prefix = folder == "." ? "" : "\(folder)/"
    let isRecursive = arguments["recursive"]?.boolValue ?? false
    var entries: [String: JSONValue] = [:]
    for (path, text) in files where path.hasPrefix(prefix) {
      let rest = path.dropFirst(prefix.count)
      if isRecursive || !rest.contains("/") {
        let name = String(path.split(separator: "/").last ?? "")
        guard glob.matches(name) else { continue }
        entries[path] = ["path": .string(path), "type": "file", "bytes": .int(Int64(text.utf8.count))]
      } else if let name = rest.split(separator: "/").first {
        entries[prefix + name] = ["path": .string(prefix + name), "type": "folder", "bytes": 0]
      }
    }
    let sorted = entries.sorted { $0.key < $1.key }.map(\.value)
    return [
      "path": .string(folder), "entries": .array(Array(sorted.prefix(maximumEntries))),
      "truncated": .bool(sorted.count > maximumEntries),
    ]
  }

  private func file(_ arguments: JSONValue) throws(SandboxError) -> (path: String, text: String) {
    let path = arguments["path"]?.stringValue ?? arguments["paths"]?[0]?.stringValue ?? ""
    guard let text = files[path] else { throw SandboxError(.notFound, "there is no file \(path)") }
    return (path, text)
  }

  private func readFile(_ arguments: JSONValue) throws(SandboxError) -> JSONValue {
    let (path, text) = try file(arguments)
    let head = text.prefix(arguments["maxBytes"]?.intValue ?? 24_000)
    return [
      "path": .string(path), "bytes": .int(Int64(text.utf8.count)), "text": .string(String(head)),
      "truncated": .bool(head.count < text.count),
    ]
  }

  private func searchText(_ arguments: JSONValue) throws(SandboxError) -> JSONValue {
    let pattern = arguments["pattern"]?.stringValue ?? ""
    let matches = files.sorted { $0.key < $1.key }.flatMap { path, text in
      text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().filter { $1.contains(pattern) }.map {
        index, line in
        ["path": .string(path), "line": .int(Int64(index + 1)), "text": .string(String(line))] as JSONValue
      }
    }
    return ["matches": .array(matches), "truncated": false]
  }

  private func table(_ arguments: JSONValue) throws(SandboxError) -> (
    path: String, name: String, columns: [String], rows: [[String]]
  ) {
    let (path, text) = try file(arguments)
    let separator: Character = path.hasSuffix(".tsv") ? "\t" : ","
    let lines = text.split(separator: "\n").map {
      $0.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
    let name = (path.split(separator: "/").last ?? "").split(separator: ".").first.map(String.init) ?? ""
    return (path, name, lines.first ?? [], Array(lines.dropFirst()))
  }

  private func describeTable(_ arguments: JSONValue) throws(SandboxError) -> JSONValue {
    let (_, name, columns, rows) = try table(arguments)
    let described = columns.enumerated().map { index, column -> JSONValue in
      let values = rows.map { $0[index] }
      var object: JSONObject = [
        "name": .string(column), "type": values.allSatisfy { Double($0) != nil } ? "INTEGER" : "TEXT",
      ]
      if describesDistinct {
        object["distinct"] = .int(Int64(Set(values).count))
        object["examples"] = .array(Set(values).sorted().prefix(5).map { .string($0) })
      }
      return .object(object)
    }
    return ["tables": [["name": .string(name), "columns": .array(described), "rowCount": .int(Int64(rows.count))]]]
  }

  private func queryTable(_ arguments: JSONValue) throws(SandboxError) -> JSONValue {
    let (_, name, columns, rows) = try table(arguments)
    let connection = try SQLiteConnection("", mode: .inMemory)
    let quoted = columns.map { "\"\($0)\"" }
    try connection.execute("CREATE TABLE \"\(name)\" (\(quoted.joined(separator: " NUMERIC, ")) NUMERIC)")
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    for row in rows { _ = try connection.query("INSERT INTO \"\(name)\" VALUES (\(places))", row.map { .text($0) }) }
    let statement = try connection.prepare(arguments["sql"]?.stringValue ?? "")
    var result: [JSONValue] = []
    while try statement.step() {
      result.append(
        .array(
          statement.row.map { value in
            switch value {
            case .null: .null
            case .int(let number): .int(number)
            case .real(let number): .double(number)
            case .text(let text): .string(text)
            case .blob: "blob"
            }
          }))
    }
    return [
      "columns": .array(statement.columnNames.map { .string($0) }), "rows": .array(result),
      "rowCount": .int(Int64(result.count)), "truncated": false,
    ]
  }
}
