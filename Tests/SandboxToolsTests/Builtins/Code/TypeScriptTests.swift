import Glibc
import SandboxCore
import SandboxIO
import Testing

@testable import SandboxTools

@Suite struct TypeScriptTests {
  private static let folders = ["/usr/local/bin", "/usr/bin", "/bin"]

  private static let node: NodeVersion? = {
    guard let node = ProgramFinder(folders: folders).path(of: "node"), let pipe = popen("\(node) --version", "r") else {
      return nil
    }
    defer { pclose(pipe) }
    var buffer = [CChar](repeating: 0, count: 64)
    guard fgets(&buffer, 64, pipe) != nil else { return nil }
    return NodeVersion(String(decoding: buffer.prefix { $0 > 0x20 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }()

  private static let hasOther = ProgramFinder(folders: folders).first(of: ["bun", "deno"]) != nil
  private static let runsTypeScript = hasOther || (node.map { $0 >= .firstWithTypes } ?? false)

  private func with<Value>(_ body: (CodeFixture) async throws -> Value) async throws -> Value {
    try await BuiltinFixture.with { session in
      let temporary = session.folder + "/temporary"
      mkdir(temporary, 0o700)
      return try await body(
        CodeFixture(
          session: session, temporary: temporary,
          executor: BuiltinExecutor(
            BuiltinContext(
              workspace: session.workspace, log: session.log, blobs: session.blobs, temporary: temporary
            ) { _ in [] })))
    }
  }

  private static let code = """
    import { readFileSync } from "node:fs";
    interface Point { x: number; y: number }
    const p: Point = { x: 1, y: 2 };
    console.log(p.x + p.y, readFileSync("in.txt", "utf8"));
    await Promise.resolve();
    process.exit(4);
    """

  @Test(.enabled(if: runsTypeScript, "no bun, no deno, and no node of 22.6 or later"))
  func typeScriptRuns() async throws {
    try await with { fixture in
      try fixture.session.write("text", to: "in.txt")
      #expect(
        try await fixture.run(["code": .string(Self.code)], tool: "execute_typescript")
          == ["stdout": "3 text\n", "exitCode": 4])
      let result = try await fixture.run(["language": "typescript", "code": .string(Self.code)])
      #expect(result["stdout"] == "3 text\n" && result["exitCode"] == 4)
    }
  }

  @Test(.enabled(if: !runsTypeScript && node != nil, "TypeScript can be run here, or there is no node"))
  func oldNodeIsNamed() async throws {
    try await with { fixture in
      let error = try await fixture.failure(["code": "const a: number = 1"], tool: "execute_typescript")
      #expect(error.code == .unsupported)
      #expect(
        error.message.hasPrefix("TypeScript cannot be run here: node is of version \(Self.node?.description ?? "")"))
      #expect(fixture.leftovers == 0)
    }
  }

  @Test(.enabled(if: node != nil, "node is not installed"))
  func bothKindsOfModulesRun() async throws {
    try await with { fixture in
      for code in [
        "const fs = require('fs'); console.log(typeof fs.readFileSync)",
        "import fs from 'node:fs'\nconsole.log(typeof fs.readFileSync)",
        "const x = 1;\nawait null;\nconsole.log('function')",
        "console.log(typeof (() => 1))",
      ] {
        let result = try await fixture.run(["language": "javascript", "code": .string(code)])
        #expect(result["stdout"] == "function\n", "\(code): \(result["stderr"] ?? "")")
      }
      let thrown = try await fixture.run(["language": "javascript", "code": "throw new Error('boom')"])
      #expect(thrown["exitCode"] == 1 && thrown["stderr"]?.stringValue?.contains("boom") == true)
    }
  }

  @Test(arguments: [
    ("v22.6.0", NodeVersion(major: 22, minor: 6)), ("v18.19.1\n", NodeVersion(major: 18, minor: 19)), ("x", nil),
    ("", nil),
    ("v23", nil),
  ])
  func versionsAreRead(_ text: String, _ version: NodeVersion?) { #expect(NodeVersion(text) == version) }

  @Test func optionsGoWithTheVersion() throws {
    let flags = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"]
    func options(_ major: Int, _ minor: Int) throws -> [String] {
      try CodeRuntime.node.options(for: .typescript, version: NodeVersion(major: major, minor: minor))
    }
    #expect(try options(22, 6) == flags)
    #expect(try options(23, 5) == flags)
    #expect(try options(23, 6) == [])
    #expect(try options(24, 0) == [])
    #expect(throws: SandboxError.self) { try options(22, 5) }
    #expect(throws: SandboxError.self) { try CodeRuntime.node.options(for: .typescript, version: nil) }
    #expect(try CodeRuntime.node.options(for: .javascript, version: nil) == [])
  }
}
