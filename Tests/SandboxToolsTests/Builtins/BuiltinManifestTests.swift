import Glibc
import SandboxCore
import SandboxIO
import Testing

@testable import SandboxTools

/// The manifests that are shipped.
@Suite struct BuiltinManifestTests {
  private static let folder =
    #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 } + "/manifests"

  private static func files() throws -> [(category: String, name: String, path: String)] {
    try FolderListing(of: folder).entries.filter { $0.kind == .folder }.flatMap { category in
      try FolderListing(of: "\(folder)/\(category.name)").entries.map {
        (category.name, $0.name, "\(folder)/\(category.name)/\($0.name)")
      }
    }
  }

  @Test func eachIsComplete() throws {
    let files = try Self.files()
    #expect(files.count >= 11)
    for file in files {
      let manifest = try JSONValue(parsing: try BoundedFile.read(file.path, limit: 1 << 20))
      let comment = Comment(rawValue: file.path)
      let id = try #require(manifest["id"]?.stringValue, comment)
      #expect(file.name == "\(id).json")
      #expect(manifest["name"]?.stringValue == id)
      #expect(manifest["version"]?.stringValue == "1.0.0")
      #expect(manifest["metadata"]?["category"]?.stringValue == file.category)
      #expect(ToolEffect(rawValue: manifest["effect"]?.stringValue ?? "") != nil, comment)
      #expect((manifest["schema"]?["description"]?.stringValue ?? "").utf8.count > 40, comment)
      let parameters = try #require(manifest["schema"]?["parameters"], comment)
      #expect(parameters["type"] == "object")
      // Providers refuse these at the top of a tool's schema.
      for keyword in ["anyOf", "oneOf", "allOf", "enum", "not"] { #expect(parameters[keyword] == nil, comment) }
      for (name, property) in parameters["properties"]?.objectValue ?? [:] {
        #expect(property["type"] != nil, "\(id).\(name)")
      }
      #expect(try #require(manifest["schema"]?["examples"]?.arrayValue, comment).count >= 1)
      switch manifest["type"] {
      case "builtin": #expect(BuiltinExecutor.handlerNames.contains(manifest["builtin"]?.stringValue ?? ""), comment)
      case "command": #expect(access(manifest["command"]?["argv"]?[0]?.stringValue ?? "", X_OK) == 0, comment)
      default: Issue.record("\(id): unknown type")
      }
    }
  }

  @Test func allLoadWithoutARemark() throws {
    let catalog = ManifestLoader.load(paths: [Self.folder], builtins: BuiltinExecutor.handlerNames)
    #expect(catalog.problems.map(\.description) == [])
    #expect(catalog.manifests.count == (try Self.files().count))
    let effects = Dictionary(uniqueKeysWithValues: catalog.manifests.map { ($0.id.rawValue, $0.effect) })
    #expect(
      effects == [
        "list_files": .pure, "read_file": .pure, "search_text": .pure, "describe_table": .pure, "query_table": .pure,
        "generate_chart": .idempotent, "generate_document": .idempotent, "write_file": .idempotent,
        "append_file": .unsafe,
        "echo": .pure, "word_count": .pure,
        "fetch_and_parse": .pure, "generate_canvas": .idempotent, "execute_code": .unsafe,
        "execute_typescript": .unsafe,
      ])
  }

  /// The documented input of each builtin works.
  @Test func examplesRun() async throws {
    let catalog = ManifestLoader.load(paths: [Self.folder], builtins: BuiltinExecutor.handlerNames)
    #expect(!catalog.manifests.isEmpty)
    try await BuiltinFixture.with { session in
      try session.write("# The plan\nThe deadline is in May.\n", to: "notes/plan.md")
      try session.write("region,amount\nnorth,420\nsouth,80\n", to: "sales.csv")
      for manifest in catalog.manifests {
        // These need a network, or an interpreter that may be missing; their own tests run them.
        guard case .builtin(let handler) = manifest.kind, !["fetch_and_parse", "execute_typescript"].contains(handler)
        else { continue }
        for example in manifest.examples {
          let input = try #require(example["input"])
          let result = try await session.call(handler, input)
          let expected = try #require(example["output"]?.objectValue)
          #expect(Set(result.objectValue?.keys ?? []) == Set(expected.keys), "\(manifest.id)")
        }
      }
    }
  }
}
