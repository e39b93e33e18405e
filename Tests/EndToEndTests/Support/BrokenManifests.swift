import Glibc
import SandboxCore

/// Everything that has been found where a manifest should be, a file each, with the place and words that must be said of it.
enum BrokenManifests {
  struct Sample: Sendable {
    let name: String
    let pointer: String
    /// Part of the reason.
    let reason: String

    init(_ name: String, _ pointer: String, _ reason: String) {
      self.name = name
      self.pointer = pointer
      self.reason = reason
    }
  }

  static func good(_ id: String, _ change: (inout JSONObject) -> Void = { _ in }) -> JSONValue {
    var manifest: JSONObject = [
      "id": .string(id), "name": .string(id), "version": "1.0.0", "type": "builtin", "builtin": "echo",
      "schema": ["description": "A tool of the tests", "parameters": ["type": "object", "properties": [:]]],
      "metadata": ["category": "execution"], "effect": "pure",
    ]
    change(&manifest)
    return .object(manifest)
  }

  /// Writes them all into the folder `name`, and gives what is to be said. None of them is usable.
  static func write(in folder: Folder, _ name: String = "broken") throws -> [Sample] {
    folder.makeFolder(name)
    let place = "\(folder.path)/\(name)"
    var samples: [Sample] = []
    func file(_ file: String, _ text: String, _ reason: String, at pointer: String = "") throws {
      try folder.write("\(name)/\(file)", text)
      samples.append(Sample(file, pointer, reason))
    }
    func manifest(
      _ id: String, _ pointer: String, _ reason: String, _ change: (inout JSONObject) -> Void
    ) throws {
      try file("\(id).json", good(id, change).text(.pretty), reason, at: pointer)
    }

    try file("cut.json", "{\"id\": \"cut\"", "is not valid JSON")
    try file("twice.json", "{\"id\": \"a\", \"id\": \"b\"}", "occurs twice")
    try file("empty.json", "", "is empty")
    try file("blank.json", " \n\t", "is empty")
    try file("mark.json", "\u{FEFF}" + good("mark").text(), "byte order mark")
    try file("wide.json", "{\0\"\0i\0d\0\"\0:\0", "UTF-16")
    try file("deep.json", String(repeating: "[", count: 513) + String(repeating: "]", count: 513), "is not valid JSON")
    try file("deeper.json", String(repeating: "[", count: 100_000), "is not valid JSON")
    try file("surrogate.json", "{\"id\": \"\\ud800\"}", "is not valid JSON")
    try file("trailing.json", good("trailing").text() + " x", "is not valid JSON")
    try file("number.json", "5", "must be an object")
    try file("none.json", "[]", "the list is empty")
    try file("inside.json", "[5]", "must be an object", at: "/0")
    try file("wrapped.json", JSONValue.object(["tools": [good("inner")]]).text(), "the list itself", at: "/tools")
    try file("nothing.json", "{}", "is missing", at: "/type")
    try manifest("unknown", "/type", "Unknown tool type: telepathy") { $0["type"] = "telepathy" }
    try manifest("typed", "/type", "must be a string") { $0["type"] = 5 }
    try manifest("api", "/api", "API tool missing endpoint: api") { $0["type"] = "api" }
    try manifest("mcp", "/mcp", "MCP tool missing path: mcp") { $0["type"] = "mcp" }
    try manifest("secret", "/metadata/apiKey", "API key not found: PATH") {
      $0["type"] = "api"
      $0["metadata"] = ["category": "execution", "endpoint": "https://evil.example/", "apiKey": "PATH"]
    }
    try manifest("handler", "/builtin", "Unknown builtin tool: nonsense") { $0["builtin"] = "nonsense" }
    try manifest("slash", "/id", "is not an id") { $0["id"] = "a/b" }
    try manifest("nul", "/id", "is not an id") { $0["id"] = "a\0b" }
    try manifest("long", "/id", "is not an id") { $0["id"] = .string(String(repeating: "a", count: 5_000)) }
    try manifest("cyrillic", "/name", "printable ASCII") { $0["name"] = "echо" }
    try manifest("reserved", "/id", "a tool of the runtime itself") { $0["id"] = "Delegate_Task" }
    try manifest("enabled", "/isEnabled", "must be true or false") { $0["isEnabled"] = "yes" }
    try manifest("schema", "/schema", "must be an object") { $0["schema"] = "none" }
    try manifest("parameters", "/schema/parameters/type", "object") {
      $0["schema"] = ["description": "x", "parameters": ["type": "array"]]
    }
    try manifest("recursive", "/schema/parameters/properties/a", "refers to itself") {
      $0["schema"] = [
        "description": "x", "parameters": ["type": "object", "properties": ["a": ["$ref": "#/properties/a"]]],
      ]
    }
    try manifest("effect", "/effect", "is not known") { $0["effect"] = "harmless" }
    try manifest("cost", "/metadata/costEstimate/perRequest", "") {
      $0["metadata"] = ["category": "execution", "costEstimate": ["perRequest": -1, "currency": "USD"]]
    }
    try manifest("currency", "/metadata/costEstimate/currency", "USD") {
      $0["metadata"] = ["category": "execution", "costEstimate": ["perRequest": 1, "currency": "EUR"]]
    }
    try manifest("rate", "/metadata/rateLimit/requestsPerMinute", "") {
      $0["metadata"] = ["category": "execution", "rateLimit": ["requestsPerMinute": 0]]
    }
    try manifest("category", "/metadata/category", "") { $0["metadata"] = ["category": "magic"] }
    for (id, program, reason) in [
      ("relative", "echo", "absolute path"), ("climbing", "/bin/../bin/echo", "without \"..\""),
      ("absent", "/nowhere/program", "is not there"), ("folder", "/etc", "is not a regular file"),
      ("plain", "/etc/passwd", "may not be executed"),
    ] {
      try manifest(id, "/command/argv/0", reason) {
        $0["type"] = "command"
        $0["builtin"] = nil
        $0["command"] = ["argv": [.string(program)]]
      }
    }
    for (id, mode, reason) in [
      ("setuid", 0o4755, "setuid"), ("setgid", 0o2755, "setgid"), ("open", 0o777, "changed by everybody"),
    ] {
      let program = try folder.write("programs/\(id)", "#!/bin/sh\n")
      guard chmod(program, mode_t(mode)) == 0 else { throw SandboxError(.io, "cannot change \(program)") }
      try manifest(id, "/command/argv/0", reason) {
        $0["type"] = "command"
        $0["builtin"] = nil
        $0["command"] = ["argv": [.string(program)]]
      }
    }
    try manifest("shell", "/command/argv/1", "put the script in a file") {
      $0["type"] = "command"
      $0["builtin"] = nil
      $0["schema"] = [
        "description": "x", "parameters": ["type": "object", "properties": ["text": ["type": "string"]]],
      ]
      $0["command"] = ["argv": ["/bin/sh", "-c", "{text}"]]
    }
    for (id, variable, value, reason) in [
      ("preload", "LD_PRELOAD", "/tmp/x.so", "it changes what is run"),
      ("equals", "A=B", "x", "is not the name of a variable"), ("nulled", "A", "x\0y", "contains a NUL character"),
      ("bulky", "A", String(repeating: "x", count: 40_000), "longer than 32768 bytes"),
    ] {
      try manifest(id, "/command/env/\(variable)", reason) {
        $0["type"] = "command"
        $0["builtin"] = nil
        $0["command"] = ["argv": ["/bin/true"], "env": [variable: .string(value)]]
      }
    }
    try manifest("timeout", "/command/timeoutMs", "whole milliseconds") {
      $0["type"] = "command"
      $0["builtin"] = nil
      $0["command"] = ["argv": ["/bin/echo"], "timeoutMs": 1e300]
    }

    folder.makeFolder("\(name)/a-folder.json")
    samples.append(Sample("a-folder.json", "", "is a folder"))
    guard mkfifo("\(place)/a-pipe.json", 0o600) == 0 else { throw SandboxError(.io, "no FIFO") }
    samples.append(Sample("a-pipe.json", "", "is not a regular file"))
    guard truncate(try folder.write("\(name)/huge.json", "{"), 1 << 30) == 0 else { throw SandboxError(.io, "no file") }
    samples.append(Sample("huge.json", "", "is larger than"))
    let outside = try folder.write("outside-\(name).json", good("outside").text())
    guard symlink(outside, "\(place)/link-out.json") == 0, symlink("loop.json", "\(place)/loop.json") == 0 else {
      throw SandboxError(.io, "no link")
    }
    samples += [Sample("link-out.json", "", "out of the folder"), Sample("loop.json", "", "leads nowhere")]
    return samples
  }
}
