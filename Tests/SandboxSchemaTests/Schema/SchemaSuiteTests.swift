import FoundationEssentials
import Glibc
import SandboxCore
import SandboxSchema
import Testing

/// The official suite, where it is at hand: all required tests of both drafts.
@Suite(.enabled(if: SchemaSuiteFolder.path != nil, "no JSON Schema test suite; set JSON_SCHEMA_SUITE to its folder"))
struct SchemaSuiteTests {
  @Test(arguments: [("draft2020-12", SchemaDialect.draft202012, 1299), ("draft7", .draft7, 927)])
  func passes(_ draft: String, _ dialect: SchemaDialect, _ expected: Int) throws {
    let folder = try #require(SchemaSuiteFolder.path)
    var documents: [String: JSONValue] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/remotes") where path.hasSuffix(".json") {
      documents["http://localhost:1234/\(path)"] = try read("\(folder)/remotes/\(path)")
    }
    var passed = 0
    for file in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(draft)") where file.hasSuffix(".json")
    {
      for group in try #require(try read("\(folder)/\(draft)/\(file)").arrayValue) {
        let schema = try JSONSchema(
          compiling: try #require(group["schema"]), documents: documents, defaultDialect: dialect)
        for test in try #require(group["tests"]?.arrayValue) {
          let isValid = schema.validate(try #require(test["data"])).isEmpty
          #expect(isValid == test["valid"]?.boolValue, "\(file): \(group["description"] ?? "") \(test)")
          if isValid == test["valid"]?.boolValue { passed += 1 }
        }
      }
    }
    #expect(passed == expected)
  }

  private func read(_ path: String) throws -> JSONValue {
    try JSONValue(parsing: Array(try #require(FileManager.default.contents(atPath: path), "\(path)")))
  }
}

private enum SchemaSuiteFolder {
  /// What the environment names, or a folder beside the package.
  static let path: String? = {
    let beside = #filePath.split(separator: "/").dropLast(4).dropLast().joined(separator: "/")
    let named = getenv("JSON_SCHEMA_SUITE").map { String(cString: $0) }
    let path = named ?? "/\(beside)/shared/json-schema-test-suite"
    return FileManager.default.fileExists(atPath: "\(path)/draft2020-12") ? path : nil
  }()
}
