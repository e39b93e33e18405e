import SandboxCore

/// What the results of the calls so far have told: files, tables and artifacts. They are recognised by their form, not
/// by the tool they came from, so that other tools can take the place of the shipped ones.
struct OfflineFacts: Sendable {
  private(set) var files: [File] = []
  /// False when a listing was cut, so that there may be more files.
  private(set) var listingIsWhole = true
  private(set) var tables: [OfflineTable] = []
  private(set) var artifacts: [Artifact] = []
  /// Paths that results of earlier steps mention.
  private(set) var contextPaths: [String] = []

  struct File: Sendable, Hashable {
    let path: String
    let bytes: Int?
  }

  struct Artifact: Sendable, Hashable {
    let id: String
    let name: String
    let tool: String
  }

  static let tableExtensions: Set<String> = [
    "csv", "tsv", "tab", "json", "jsonl", "ndjson", "db", "sqlite", "sqlite3", "parquet", "xlsx",
  ]

  /// Files whose beginning tells nothing as text.
  static let binaryExtensions: Set<String> = [
    "db", "sqlite", "sqlite3", "parquet", "xlsx", "png", "jpg", "jpeg", "gif", "pdf", "zip", "gz", "xz", "tar",
  ]

  init(task: OfflineTask, calls: [OfflineConversation.Call]) {
    for token in task.context.split(whereSeparator: { $0.isWhitespace || "|`".contains($0) }) {
      let path = OfflineTask.stripped(token)
      if OfflineTask.isPath(path), !contextPaths.contains(path), contextPaths.count < 200 { contextPaths.append(path) }
    }
    for call in calls where !call.isError {
      guard let value = call.value else { continue }
      if let entries = value["entries"] ?? value["files"], entries.arrayValue != nil {
        add(files: entries, isWhole: call.isWhole && value["truncated"]?.boolValue != true)
      }
      OfflineJSON.objects(in: value) { _, object in
        if let table = OfflineTable(object, path: call.arguments["path"]?.stringValue ?? object["path"]?.stringValue) {
          tables.append(table)
        }
        if let id = object.first("artifactId", "artifactID", "artifact_id")?.stringValue {
          let name = object.first("name", "filename", "title", "path")?.stringValue ?? id
          artifacts.append(Artifact(id: id, name: name, tool: call.name))
        }
      }
    }
  }

  private mutating func add(files value: JSONValue, isWhole: Bool) {
    if !isWhole { listingIsWhole = false }
    var known = Set(files.map(\.path))
    for entry in value.arrayValue ?? [] {
      guard let path = entry.stringValue ?? entry["path"]?.stringValue ?? entry["name"]?.stringValue else { continue }
      let type = entry["type"]?.stringValue ?? "file"
      guard type.hasPrefix("file"), known.insert(path).inserted else { continue }
      files.append(File(path: path, bytes: (entry["bytes"] ?? entry["size"])?.intValue))
    }
  }

  /// Where the file that a request names really is, when a listing or an earlier step knows one of that name.
  func resolve(_ path: String) -> String {
    let known = files.isEmpty ? contextPaths : files.map(\.path)
    if known.isEmpty || known.contains(path) { return path }
    let wanted = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    let places = known.filter { $0 == wanted || $0.hasSuffix("/\(wanted)") }
    return places.count == 1 ? places[0] : path
  }

  /// The files a request is about, best first: those it names, then those whose names share a word with it.
  func relevant(to task: OfflineTask, extensions: Set<String>? = nil) -> [String] {
    func isWanted(_ path: String) -> Bool { extensions?.contains(OfflineTask.fileExtension(path)) ?? true }
    let named = task.inputPaths.map(resolve).filter(isWanted)
    if !named.isEmpty { return named }
    let known = (files.isEmpty ? contextPaths : files.map(\.path)).filter(isWanted)
    let ranked = known.map { path in
      let words = OfflineWords(path.split(separator: "/").last.map(String.init) ?? path).keyStems
      return (path: path, score: words.intersection(task.allWords.keyStems).count)
    }
    let best = ranked.filter { $0.score > 0 }.sorted { ($1.score, $0.path) < ($0.score, $1.path) }
    if !best.isEmpty { return best.map(\.path) }
    return extensions != nil && known.count <= 3 ? known : []
  }
}
