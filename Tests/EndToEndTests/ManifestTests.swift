import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Manifests that are no good")
struct ManifestTests {
  /// Each is skipped with file, place and reason; the ones that are good run.
  @Test func theOthersLoad() async throws {
    try await Folder.with { folder in
      let samples = try BrokenManifests.write(in: folder)
      try folder.write("broken/good.json", BrokenManifests.good("good").text())
      let model = ScriptedModelServer([
        .call("good", ["text": "here"]), .text("done"),
      ])
      try await model.run { url in
        let session = Session(in: folder, modelURL: url, environment: ["AGENT_MANIFESTS": "\(folder.path)/broken"])
        let ended = try await session.finish()
        #expect(ended.code == 0, "\(ended)")
        for sample in samples {
          let lines = ended.errorLines.filter {
            $0.hasPrefix("warning: manifest ") && $0.contains("/broken/\(sample.name): ")
          }
          #expect(lines.count == 1, "\(sample.name): \(lines)")
          #expect(lines.first?.contains("\(sample.pointer): ") == true, "\(sample.pointer) in \(lines)")
          #expect(lines.first?.contains(sample.reason) == true, "\(sample.reason) in \(lines)")
          #expect(lines.allSatisfy { $0.utf8.count < 1_500 }, "\(lines)")
        }
        #expect(ended.events("tools_loaded").map { $0["toolCount"] } == [1])
        let offered = model.requests.first?.toolNames ?? []
        #expect(offered.contains("good"))
        #expect(!samples.contains { sample in offered.contains(String(sample.name.dropLast(5))) }, "\(offered)")
        #expect(model.requests.last?.last("tool")?.contains("here") == true)
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test(arguments: ["all broken", "an empty folder", "nothing there", "disabled", "only a pipe"])
  func noneIsUsable(which: String) async throws {
    try await Folder.with { folder in
      switch which {
      case "all broken": _ = try BrokenManifests.write(in: folder, "manifests")
      case "an empty folder": folder.makeFolder("manifests")
      case "disabled":
        try folder.write("manifests/a.json", BrokenManifests.good("a") { $0["isEnabled"] = false }.text())
      case "only a pipe": #expect(mkfifo("\(folder.path)/manifests", 0o600) == 0)
      default: break
      }
      let model = ScriptedModelServer([.text("done")])
      try await model.run { url in
        let session = Session(in: folder, modelURL: url, environment: ["AGENT_MANIFESTS": "\(folder.path)/manifests"])
        let ended = try await session.finish()
        #expect(ended.code == 65, "\(ended)")
        let errors = ended.errorLines.filter { $0.hasPrefix("error: ") }
        #expect(errors.count == 1 && errors[0].contains("No tools configured"), "\(ended)")
        #expect(model.requestCount == 0, "the model is not asked")
        #expect(session.status["outcome"] == "data" && session.result["reason"]?["kind"] == "data")
        try await session.expectConsistent(ended)
      }
    }
  }

  /// Of two with one id or name, also if only case differs, the second is left out and reported.
  @Test func clashes() async throws {
    try await Folder.with { folder in
      for (file, id, name) in [
        ("a", "first", "first"), ("b", "first", "other"), ("c", "FIRST", "third"), ("d", "fourth", "First"),
        ("e", "first_2", "fifth"),
      ] {
        try folder.write("m/\(file).json", BrokenManifests.good(id) { $0["name"] = .string(name) }.text())
      }
      let inline = JSONValue.array([BrokenManifests.good("first"), BrokenManifests.good("inline")])
      let file = try folder.write("c.json", JSONValue.object(["toolManifests": inline]).text())
      let model = ScriptedModelServer([.text("done")])
      try await model.run { url in
        let session = Session(
          in: folder, modelURL: url, environment: ["AGENT_MANIFESTS": "\(folder.path)/m", "AGENT_CONFIG": file])
        let ended = try await session.finish()
        #expect(ended.code == 0, "\(ended)")
        let warnings = ended.errorLines.filter { $0.hasPrefix("warning: manifest ") }
        #expect(warnings.count == 4, "\(ended)")
        for name in ["b.json", "c.json", "d.json"] {
          #expect(warnings.count { $0.contains("/m/\(name): ") } == 1, "\(warnings)")
        }
        #expect(warnings.count { $0.contains("session configuration: /toolManifests/0/id") } == 1, "\(warnings)")
        #expect(ended.events("tools_loaded").map { $0["toolCount"] } == [3])
        try await session.expectConsistent(ended)
      }
    }
  }

  /// A manifest that is changed while the session runs changes nothing for it.
  @Test func changedWhileRunning() async throws {
    try await Folder.with { folder in
      @Sendable func manifest(_ word: String) -> JSONValue {
        .array([CommandManifest.json("say", argv: ["/bin/echo", word])])
      }
      let file = try folder.write("m.json", manifest("before").text())
      let model = ScriptedModelServer { request in
        guard request.number == 0 else { return .text("done") }
        _ = try? folder.write("m.json", manifest("after").text())
        return .call("say")
      }
      try await model.run { url in
        let session = Session(in: folder, modelURL: url, environment: ["AGENT_MANIFESTS": file])
        let ended = try await session.finish()
        #expect(ended.code == 0, "\(ended)")
        #expect(model.requests.last?.last("tool")?.contains("before") == true)
        try await session.expectConsistent(ended)
      }
    }
  }

  /// A schema that would keep a naive validator busy for ever neither delays the start nor the call.
  @Test func schemasThatAreExpensive() async throws {
    try await Folder.with { folder in
      let properties = JSONObject((0..<10_000).map { ("p\($0)", ["type": "string", "maxLength": 3]) })
      let manifests: [JSONValue] = [
        BrokenManifests.good("wide") {
          $0["schema"] = ["description": "x", "parameters": ["type": "object", "properties": .object(properties)]]
        },
        BrokenManifests.good("regex") {
          let text: JSONValue = ["type": "string", "pattern": "^(a+)+$"]
          $0["schema"] = ["description": "x", "parameters": ["type": "object", "properties": ["text": text]]]
        },
        BrokenManifests.good("fine"),
      ]
      let file = try folder.write("m.json", JSONValue.array(manifests).text())
      let attack = JSONValue.string(String(repeating: "a", count: 40) + "!")
      let model = ScriptedModelServer([.call("regex", ["text": attack]), .text("done")])
      try await model.run { url in
        let session = Session(in: folder, modelURL: url, environment: ["AGENT_MANIFESTS": file])
        let (ended, process) = try await session.run { _ in }
        #expect(ended.code == 0, "\(ended)")
        let isModest = process.usage.map { $0.cpu < .seconds(10) && $0.peakBytes < 256 << 20 }
        #expect(isModest == true, "\(String(describing: process.usage))")
        #expect(model.requests.first?.toolNames.contains("fine") == true)
        try await session.expectConsistent(ended)
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0, "only root can become somebody else"))
  func unreadable() async throws {
    try await Folder.with { folder in
      chmod(folder.path, 0o755)
      folder.makeFolder("state")
      folder.makeFolder("m/closed")
      #expect(chown("\(folder.path)/state", 65534, 65534) == 0)
      chmod("\(folder.path)/m", 0o755)
      try folder.write("m/good.json", BrokenManifests.good("good").text())
      chmod(try folder.write("m/secret.json", BrokenManifests.good("secret").text()), 0o600)
      let session = Session(
        in: folder,
        environment: ["USER_REQUEST": "hello", "AGENT_MODEL": "offline", "AGENT_MANIFESTS": "\(folder.path)/m"])
      let line = "exec setpriv --reuid 65534 --regid 65534 --clear-groups PROGRAM"
      let ended = try await session.run(shell: line) { _ in }.ended
      for name in ["secret.json", "closed"] {
        #expect(
          ended.errorLines.count { $0.contains("/m/\(name): ") && $0.contains("cannot be read") } == 1, "\(ended)")
      }
      #expect(ended.events("tools_loaded").map { $0["toolCount"] } == [1])
      try await session.expectConsistent(ended)
    }
  }
}
