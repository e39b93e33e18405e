import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct CommandArgumentTests {
  private func spec(_ arguments: CommandSpec.Argument...) -> CommandSpec {
    CommandSpec(executable: "/bin/echo", arguments: arguments)
  }

  @Test func substitutesWholeArguments() throws {
    let command = spec(
      .literal("-n"), .parameter("text", mayBeginWithDash: false), .parameter("count", mayBeginWithDash: false),
      .parameter("flag", mayBeginWithDash: false), .parameter("list", mayBeginWithDash: false),
      .parameter("none", mayBeginWithDash: false), .parameter("null", mayBeginWithDash: false),
      .parameter("empty", mayBeginWithDash: false))
    let argv = try command.argv(for: [
      "text": "a b; rm -rf / $(x) `y` 'z' \"q\" *", "count": 1.0, "flag": true, "list": ["a", ["b": 1]], "null": nil,
      "empty": "",
    ])
    #expect(
      argv == [
        "/bin/echo", "-n", "a b; rm -rf / $(x) `y` 'z' \"q\" *", "1.0", "true", "[\"a\",{\"b\":1}]", "",
      ])
  }

  @Test(arguments: ["-x", "--help", "-", "-5"] as [JSONValue]) func aDashNeedsPermission(_ value: JSONValue) throws {
    #expect(try spec(.parameter("a", mayBeginWithDash: true)).argv(for: ["a": value]).count == 2)
    do throws(SandboxError) {
      _ = try spec(.parameter("a", mayBeginWithDash: false)).argv(for: ["a": value])
      Issue.record("passed")
    } catch {
      #expect(error.code == .invalidArgument)
      #expect(error.message.contains("\"a\" begins with \"-\""))
    }
  }

  @Test func aNegativeNumberIsNoBetter() {
    #expect(throws: SandboxError.self) { try spec(.parameter("a", mayBeginWithDash: false)).argv(for: ["a": -5]) }
  }

  @Test func refusesNUL() {
    #expect(throws: SandboxError.self) {
      try spec(.parameter("a", mayBeginWithDash: true)).argv(for: ["a": "x\0y"])
    }
  }

  /// Which parameters a manifest lets begin with a dash.
  @Test func permissionFollowsFromTheManifest() throws {
    let catalog = try Manifests.load(
      Manifests.manifest(
        Manifests.command(
          ["/bin/echo", "{a}", "{b}", "--", "{a}", "{\"json\": 1}", "{ not one }"],
          [
            "schema": [
              "description": "x",
              "parameters": [
                "type": "object", "properties": ["a": ["type": "string"], "b": ["enum": ["-x", "-y"]]],
              ],
            ]
          ])))
    guard case .command(let command) = try #require(catalog.manifests.first).kind else {
      Issue.record("no command")
      return
    }
    #expect(
      command.arguments == [
        .parameter("a", mayBeginWithDash: false), .parameter("b", mayBeginWithDash: true), .literal("--"),
        .parameter("a", mayBeginWithDash: true), .literal("{\"json\": 1}"), .literal("{ not one }"),
      ])
  }
}
