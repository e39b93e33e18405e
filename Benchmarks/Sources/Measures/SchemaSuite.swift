import FoundationEssentials
import SandboxCore
import SandboxSchema

/// A run of the official JSON Schema test suite (json-schema-org/JSON-Schema-Test-Suite), in its layout: a folder for
/// each draft, and `remotes/` with the documents that the tests refer to. Nothing is fetched.
struct SchemaSuite {
  struct Result: Sendable {
    let draft: String
    var passed = 0
    var total = 0
    /// File, group and test of each failure.
    var failures: [String] = []
  }

  private let folder: String
  private let documents: [String: JSONValue]

  /// - Throws: When the folder has not the layout of the suite.
  init(folder: String) throws {
    self.folder = folder
    var documents: [String: JSONValue] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/remotes") where path.hasSuffix(".json") {
      documents["http://localhost:1234/\(path)"] = try Self.read("\(folder)/remotes/\(path)")
    }
    self.documents = documents
  }

  func run() throws -> [Result] {
    [try run("draft2020-12", .draft202012), try run("draft7", .draft7)]
  }

  private func run(_ draft: String, _ dialect: SchemaDialect) throws -> Result {
    var result = Result(draft: draft)
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(draft)")
    for file in files.sorted() where file.hasSuffix(".json") {
      for group in try Self.read("\(folder)/\(draft)/\(file)").arrayValue ?? [] {
        let schema = try? JSONSchema(
          compiling: group["schema"] ?? .null, documents: documents, defaultDialect: dialect)
        for test in group["tests"]?.arrayValue ?? [] {
          result.total += 1
          if let isValid = schema?.validate(test["data"] ?? .null).isEmpty, isValid == test["valid"]?.boolValue {
            result.passed += 1
          } else {
            let names = [group["description"], test["description"]].map { $0?.stringValue ?? "" }
            result.failures.append(([draft, file] + names).joined(separator: " / "))
          }
        }
      }
    }
    return result
  }

  private static func read(_ path: String) throws -> JSONValue {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw SandboxError(.io, "cannot read \(path)")
    }
    return try JSONValue(parsing: Array(bytes))
  }
}
