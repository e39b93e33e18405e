import Glibc
import SandboxCore
import Testing

@testable import SandboxTools

/// Broken manifests: each is skipped with its file, the place and a reason that says what would be right.
@Suite struct ManifestProblemTests {
  private static func with(_ changes: JSONObject) -> JSONValue { Manifests.manifest(changes) }
  private static func parameters(_ schema: JSONValue) -> JSONValue {
    with(["schema": ["description": "x", "parameters": schema]])
  }
  private static func metadata(_ key: String, _ value: JSONValue) -> JSONValue {
    with(["metadata": .object(["category": "content", key: value])])
  }
  private static func argv(_ elements: JSONValue...) -> JSONValue { with(Manifests.command(.array(elements))) }
  private static func granting(_ key: String, _ value: JSONValue) -> JSONValue {
    with(["id": "cmd", "name": "cmd", "type": "command", "command": ["argv": ["/bin/true"]], key: value])
  }
  private static func command(_ key: String, _ value: JSONValue) -> JSONValue {
    with([
      "id": "cmd", "name": "cmd", "type": "command", "command": .object(["argv": ["/bin/true"], key: value]),
    ])
  }
  private static func declaring(_ argv: JSONValue...) -> JSONValue {
    with(
      Manifests.command(
        .array(argv),
        ["schema": ["description": "x", "parameters": ["type": "object", "properties": ["path": ["type": "string"]]]]]))
  }

  static let broken: [(JSONValue, String, String)] = [
    (5, "", "must be an object, not integer"), ("x", "", "must be an object, not string"),
    ([], "", "the list is empty"),
    (["tools": [["id": "a", "type": "builtin"]]], "/tools", "a file has one manifest, or the list itself"),
    (with(["type": nil]), "/type", "is missing; it must be one of api, mcp, builtin, command"),
    (with(["type": 5]), "/type", "must be a string, not integer"),
    (with(["type": "soap"]), "/type", "Unknown tool type: soap"),
    (with(["type": "api"]), "/api", "API tool missing endpoint: echo"),
    (with(["type": "mcp"]), "/mcp", "MCP tool missing path: echo"),
    (with(["id": nil, "name": nil]), "/id", "is missing"), (with(["id": 1]), "/id", "must be a string, not integer"),
    (with(["id": ""]), "/id", "1 to 64 of the characters"), (with(["id": "a b"]), "/id", "is not an id"),
    (with(["id": "a.b"]), "/id", "is not an id"), (with(["id": "a:b"]), "/id", "is not an id"),
    (with(["id": "../x"]), "/id", "is not an id"), (with(["id": "échо"]), "/id", "is not an id"),
    (with(["id": .string(String(repeating: "a", count: 65))]), "/id", "is not an id"),
    (with(["name": "еcho"]), "/name", "printable ASCII"), (with(["name": "a\nb"]), "/name", "printable ASCII"),
    (with(["name": ["x"]]), "/name", "must be a string, not array"),
    (with(["version": 2]), "/version", "must be a string, not integer"),
    (with(["isEnabled": "yes"]), "/isEnabled", "must be true or false, not string"),
    (with(["builtin": "teleport"]), "/builtin", "Unknown builtin tool: teleport; known are: echo"),
    (with(["id": "a", "name": "b"]), "/name", "Unknown builtin tool: b"),
    (with(["id": "create_plan", "builtin": "echo"]), "/id", "a tool of the runtime itself"),
    (with(["name": "Delegate_Task", "builtin": "echo"]), "/name", "a tool of the runtime itself"),
    (with(["id": "list_available_tools", "builtin": "echo"]), "/id", "a tool of the runtime itself"),
    (with(["a\0b": 1]), "/a\0b", "contains a NUL character"),
    (parameters(["properties": ["a\0": [:]]]), "/schema/parameters/properties/a\0", "contains a NUL character"),
    (with(["name": "a\0"]), "/name", "printable ASCII"), (with(["id": "a\0"]), "/id", "is not an id"),
    (with(["fallback": .array(Array(repeating: "x", count: 17))]), "/fallback", "more than 16 elements, but has 17"),
    (with(["effect": "harmless"]), "/effect", "it must be one of pure, idempotent"),
    (with(["effect": true]), "/effect", "must be a string, not boolean"),
    (with(["approval": "sometimes"]), "/approval", "it must be one of never, always, on-destructive"),
    (metadata("circuitBreaker", 5), "/metadata/circuitBreaker", "must be {failures, coolDownMs}, not integer"),
    (metadata("circuitBreaker", ["failures": 0]), "/metadata/circuitBreaker/failures", "from 1 to 1000, not 0"),
    (metadata("circuitBreaker", ["coolDownMs": -1]), "/metadata/circuitBreaker/coolDownMs", "whole milliseconds"),
    (metadata("hedge", [:]), "/metadata/hedge/afterMs", "is missing"),
    (
      metadata("rateLimit", ["requestsPerMinute": 5, "onExceeded": "explode"]), "/metadata/rateLimit/onExceeded",
      "it must be one of wait, refuse"
    ),
    (with(["fallback": "x"]), "/fallback", "must be a list of strings, not string"),
    (granting("writes", ["a", 5]), "/writes/1", "must be a string that is not empty"),
    (granting("writes", ["a/../../b"]), "/writes/0", "must not lead upwards"),
    (granting("writes", ["/etc"]), "/writes/0", "AGENT_TOOL_PATHS must name it"),
    (granting("reads", ["/root/.ssh"]), "/reads/0", "AGENT_TOOL_PATHS must name it"),
    (granting("network", "all"), "/network", "must be \"none\", \"full\" or a list of hosts"),
    (granting("network", "full"), "/network", "AGENT_TOOL_NETWORK must name cmd"),
    (granting("network", []), "/network", "lists no host"),
    (granting("network", ["ok.example", "http://x"]), "/network/1", ""),
    (granting("limits", ["memoryMiB": -1]), "/limits/memoryMiB", "must be an integer from 1"),
    (granting("limits", ["processes": 1.5]), "/limits/processes", "must be an integer from 1"),
    (granting("executesWritten", "yes"), "/executesWritten", "must be true or false"),
    (with(["metadata": 5]), "/metadata", "must be an object, not integer"),
    (with(["metadata": nil]), "/metadata/category", "is missing; it must be one of research"),
    (with(["metadata": ["category": "magic"]]), "/metadata/category", "is not a category"),
    (with(["metadata": ["category": 1]]), "/metadata/category", "must be a string, not integer"),
    (metadata("rateLimit", "fast"), "/metadata/rateLimit", "must be {requestsPerMinute, burst} or a number"),
    (metadata("rateLimit", 0), "/metadata/rateLimit", "must be an integer from 1"),
    (metadata("rateLimit", ["burst": 1]), "/metadata/rateLimit/requestsPerMinute", "is missing"),
    (metadata("rateLimit", ["requestsPerMinute": -5]), "/metadata/rateLimit/requestsPerMinute", "from 1"),
    (metadata("rateLimit", ["requestsPerMinute": 1.5]), "/metadata/rateLimit/requestsPerMinute", "not 1.5"),
    (metadata("rateLimit", ["requestsPerMinute": 5, "burst": 0]), "/metadata/rateLimit/burst", "from 1"),
    (metadata("rateLimit", ["requestsPerMinute": .decimal("1e400")]), "/metadata/rateLimit/requestsPerMinute", "1e400"),
    (metadata("costEstimate", -0.1), "/metadata/costEstimate", "from 0 to 1000000, not -0.1"),
    (metadata("costEstimate", .decimal("1e400")), "/metadata/costEstimate", "must be US dollars"),
    (metadata("costEstimate", "cheap"), "/metadata/costEstimate", "or a number, not string"),
    (metadata("costEstimate", ["currency": "USD"]), "/metadata/costEstimate/perRequest", "is missing"),
    (
      metadata("costEstimate", ["perRequest": 1, "currency": "EUR"]), "/metadata/costEstimate/currency",
      "must be \"USD\""
    ),
    (metadata("costEstimate", ["perRequest": "1"]), "/metadata/costEstimate/perRequest", "must be US dollars"),
    (with(["schema": "x"]), "/schema", "must be an object, not string"),
    (with(["schema": ["description": 5]]), "/schema/description", "must be a string"),
    (parameters(5), "/schema/parameters", "must be a JSON Schema of an object"),
    (parameters(["type": "array"]), "/schema/parameters/type", "must be \"object\""),
    (
      parameters(["properties": ["a": ["type": "text"]]]), "/schema/parameters/properties/a/type",
      "\"text\" is not a type"
    ),
    (parameters(["properties": ["a/b": ["$ref": "#/x"]]]), "/schema/parameters/properties/a~1b/$ref", ""),
    (with(["schema": ["description": "x", "returns": 5]]), "/schema/returns", "must be a JSON Schema"),
    (with(["schema": ["description": "x", "returns": ["type": "text"]]]), "/schema/returns/type", ""),
    (with(["schema": ["description": "x", "examples": 5]]), "/schema/examples", "must be a list"),
    (with(["type": "command"]), "/command/argv", "is missing"),
    (with(["type": "command", "command": 5]), "/command", "must be an object, not integer"),
    (with(Manifests.command("wc")), "/command/argv", "must be a list"), (argv(), "/command/argv", "must be a list"),
    (argv(5), "/command/argv/0", "must be a string, not integer"),
    (argv("wc"), "/command/argv/0", "must be the program's absolute path"),
    (argv("./wc"), "/command/argv/0", "must be the program's absolute path"),
    (argv("/usr/bin/../bin/wc"), "/command/argv/0", "without \"..\""),
    (argv("/bin/tr\0ue"), "/command/argv/0", "NUL"), (argv("/no/such/file"), "/command/argv/0", "is not there"),
    (argv("/usr/bin"), "/command/argv/0", "is not a regular file"),
    (argv("/etc/passwd"), "/command/argv/0", "may not be executed"),
    (argv("/dev/null"), "/command/argv/0", "is not a regular file"),
    (argv("/bin/true", 5), "/command/argv/1", "must be a string, not integer"),
    (argv("/bin/true", "a\0"), "/command/argv/1", "NUL"),
    (declaring("/bin/true", "{file}"), "/command/argv/1", "is not a parameter; the schema declares: path"),
    (declaring("/bin/true", "--file={path}"), "/command/argv/1", "must be the whole argument"),
    (declaring("/bin/true", "{path}{path}"), "/command/argv/1", "must be the whole argument"),
    (declaring("/bin/sh", "-c", "{path}"), "/command/argv/1", "put the script in a file"),
    (argv("/bin/sh", "-c", "echo fixed"), "/command/argv/1", "put the script in a file"),
    (argv("/bin/bash", "-ec", "true"), "/command/argv/1", "put the script in a file"),
    (argv("/bin/bash", "-euo", "pipefail", "-c", "true"), "/command/argv/3", "put the script in a file"),
    (argv("/bin/bash", "--norc", "-c", "true"), "/command/argv/2", "put the script in a file"),
    (argv("/usr/bin/env", "-i", "sh", "-c", "true"), "/command/argv/3", "put the script in a file"),
    (argv("/usr/bin/timeout", "5", "/bin/sh", "-c", "true"), "/command/argv/3", "put the script in a file"),
    (argv("/bin/sh"), "/command/argv/0", "from its standard input"),
    (argv("/bin/sh", "-s", "x"), "/command/argv/0", "from its standard input"),
    (argv("/bin/sh", "--"), "/command/argv/0", "from its standard input"),
    (
      with(
        Manifests.command(
          ["/bin/sh", "{flag}"],
          ["schema": ["parameters": ["type": "object", "properties": ["flag": ["enum": ["-c", "-x"]]]]]])),
      "/command/argv/1", "put the script in a file"
    ),
    (command("env", ["PATH": "/x"]), "/command/env/PATH", "it changes what is run"),
    (command("env", ["LD_PRELOAD": "/x.so"]), "/command/env/LD_PRELOAD", "it changes what is run"),
    (command("env", ["DYLD_X": ""]), "/command/env/DYLD_X", "it changes what is run"),
    (command("env", ["GIT_SSH_COMMAND": "x"]), "/command/env/GIT_SSH_COMMAND", "it changes what is run"),
    (command("env", ["BASH_ENV": "x"]), "/command/env/BASH_ENV", "it changes what is run"),
    (command("env", ["NODE_OPTIONS": "x"]), "/command/env/NODE_OPTIONS", "it changes what is run"),
    (command("env", ["PYTHONPATH": "x"]), "/command/env/PYTHONPATH", "it changes what is run"),
    (command("env", ["AGENT_CALL_ID": "x"]), "/command/env/AGENT_CALL_ID", "may not be set"),
    (command("env", ["A=B": "x"]), "/command/env/A=B", "is not the name of a variable"),
    (command("env", ["1A": "x"]), "/command/env/1A", "is not the name of a variable"),
    (command("env", ["a": "x"]), "/command/env/a", "is not the name of a variable"),
    (command("env", ["": "x"]), "/command/env/", "is not the name of a variable"),
    (command("env", ["A\0": "x"]), "/command/env/A\0", "contains a NUL character"),
    (command("env", ["A": "x\0"]), "/command/env/A", "contains a NUL character"),
    (command("env", ["A": 5]), "/command/env/A", "must be a string, not integer"),
    (command("env", ["A": .string(String(repeating: "x", count: 32769))]), "/command/env/A", "longer than 32768 bytes"),
    (
      command(
        "env",
        .object(JSONObject((0..<5).map { ("A\($0)", .string(String(repeating: "x", count: 30_000))) }))),
      "/command/env", "must not be longer than 131072 bytes"
    ),
    (command("env", "A=b"), "/command/env", "must be an object of variables and texts, not string"),
    (command("secrets", ["A": "NONE"]), "/command/secrets/A", "API key not found: NONE; set TOOL_SECRET_NONE"),
    (command("secrets", ["A": "x y"]), "/command/secrets/A", "is not the name of a secret"),
    (command("secrets", ["A": true]), "/command/secrets/A", "must be the name of a secret, not boolean"),
    (command("secrets", ["PATH": "X"]), "/command/secrets/PATH", "it changes what is run"),
    (command("stdin", "tty"), "/command/stdin", "it must be one of none, json"),
    (command("output", "xml"), "/command/output", "it must be one of text, json"),
    (command("timeoutMs", 0), "/command/timeoutMs", "must be whole milliseconds from 1"),
    (command("timeoutMs", "10s"), "/command/timeoutMs", "must be whole milliseconds"),
    (command("timeoutMs", .decimal("9223372036854775808")), "/command/timeoutMs", "must be whole milliseconds"),
  ]

  @Test(arguments: broken + BrokenToolManifests.all)
  func namesFilePlaceAndReason(_ manifest: JSONValue, _ pointer: String, _ reason: String) throws {
    let folder = try TemporaryFolder()
    let bad = try folder.write("bad.json", manifest.text())
    let good = try folder.write(
      "good.json", Manifests.manifest(["id": "fine", "name": "fine", "builtin": "echo"]).text())
    let catalog = ManifestLoader.load(
      paths: [bad, good], builtins: Manifests.builtins, secrets: BrokenToolManifests.secrets)
    #expect(catalog.manifests.map(\.id.rawValue) == ["fine"])
    let problems = catalog.problems.filter { !$0.isWarning }
    #expect(problems.map(\.pointer).contains(pointer), "\(problems)")
    #expect(problems.allSatisfy { $0.file == bad && !$0.reason.utf8.contains(0x0a) })
    let problem = try #require(problems.first { $0.pointer == pointer })
    #expect(reason.isEmpty || problem.reason.contains(reason), "\(problem.reason)")
  }

  @Test func everyProblemIsSaidAtOnce() throws {
    let catalog = try Manifests.load(
      Self.with(["version": 1, "effect": "x", "metadata": ["category": "y", "rateLimit": -1]]))
    #expect(
      Set(catalog.problems.map(\.pointer)) == ["/version", "/effect", "/metadata/category", "/metadata/rateLimit"])
  }

  /// A schema that demands nothing by them would let any arguments through without a word.
  @Test func wordsThatAreNoKeywordsAreNoted() throws {
    let schema: JSONValue = ["query": ["type": "string"], "propertys": [:], "x-order": 1, "title": "t", "$defs": [:]]
    let catalog = try Manifests.load(Self.parameters(schema))
    #expect(catalog.manifests.count == 1)
    #expect(catalog.problems.map(\.pointer) == ["/schema/parameters/query", "/schema/parameters/propertys"])
    #expect(catalog.problems.allSatisfy { $0.isWarning && $0.reason.contains("is not a keyword of JSON Schema") })
  }

  @Test(arguments: [
    (0o4755, "setuid"), (0o2755, "setgid"), (0o757, "can be changed by everybody"),
    (0o775, "can be changed by its whole group"), (0o644, "may not be executed"),
  ])
  func refusesProgramsByTheirPermissions(_ mode: UInt32, _ reason: String) throws {
    let folder = try TemporaryFolder()
    let program = try folder.write("program", "#!/bin/sh\n", mode: mode & 0o1777)
    // Root's own group may change root's files.
    if geteuid() == 0 { chown(program, 1, 1) }
    chmod(program, mode)
    let catalog = try Manifests.load(Self.argv(.string(program)))
    #expect(catalog.manifests.isEmpty)
    #expect(catalog.problems.map(\.pointer) == ["/command/argv/0"])
    #expect(catalog.problems[0].reason.contains(reason))
  }

  /// A folder of them all, as `tools lint` reads it.
  @Test func aFolderOfBrokenManifests() throws {
    let folder = try TemporaryFolder()
    let broken = Self.broken + BrokenToolManifests.all
    #expect(broken.count > 200)
    for (index, sample) in broken.enumerated() { try folder.write("\(index).json", sample.0.text()) }
    let catalog = ManifestLoader.load(
      paths: [folder.path], builtins: Manifests.builtins, secrets: BrokenToolManifests.secrets)
    #expect(catalog.manifests.map(\.file) == [])
    for (index, sample) in broken.enumerated() {
      let problems = catalog.problems.filter { $0.file == "\(folder.path)/\(index).json" && !$0.isWarning }
      #expect(problems.contains { $0.pointer == sample.1 }, "\(sample) \(problems)")
    }
  }
}
