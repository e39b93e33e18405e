import SandboxCore
import SandboxTestKit
import Testing

/// Secrets that a tool was granted, and tells in every way, are in nothing that a session leaves or sends.
@Suite("Canaries")
struct CanaryTests {
  /// Those that a variable can hold on one line.
  private static let canaries = Canary.all.filter { $0.text.unicodeScalars.allSatisfy { $0.value >= 0x20 } }

  private static let forbidden: [(name: String, text: String)] = canaries.enumerated().flatMap { index, canary in
    Canary.Encoding.allCases.flatMap { encoding in
      canary.samples(encoding).map { sample in
        (name: "\(encoding) of C\(index)", text: String(decoding: sample.forbidden, as: UTF8.self))
      }
    }
  }

  /// All canaries in one encoding, a line each.
  private static func text(_ encoding: Canary.Encoding) -> String {
    canaries.flatMap { $0.samples(encoding) }.map { String(decoding: $0.text, as: UTF8.self) + "\n" }.joined()
  }

  private static let plain = canaries.map(\.text).joined(separator: "\n")

  /// Prints its environment and one of the files in many small writes, or fails with all of them on standard error.
  private static func leak(in folder: Folder) throws -> JSONValue {
    for encoding in Canary.Encoding.allCases { try folder.write("own-texts/\(encoding)", text(encoding)) }
    let script = try folder.write(
      "own-leak.sh",
      """
      env | grep '^C[0-9]'
      if [ "$1" = fail ]; then cat \(folder.path)/own-texts/* >&2; exit 7; fi
      dd if=\(folder.path)/own-texts/$1 bs=61 2>/dev/null
      echo "end of $1"
      """)
    let names: [JSONValue] = Canary.Encoding.allCases.map { JSONValue.string("\($0)") } + ["fail"]
    var manifest =
      CommandManifest.json(
        "leak", argv: ["/bin/sh", script, "{what}"], properties: ["what": ["enum": .array(names)]]
      ).objectValue ?? [:]
    var command = manifest["command"]?.objectValue ?? [:]
    command["secrets"] = .object(
      JSONObject(canaries.indices.map { ("C\($0)", JSONValue.string("C\($0)")) }))
    manifest["command"] = .object(command)
    return .object(manifest)
  }

  @Test func noneIsInAnySink() async throws {
    #expect(Self.canaries.count == 45 && Canary.Encoding.allCases.count == 8)
    try await Folder.with { folder in
      var calls = Canary.Encoding.allCases.map { encoding in
        ScriptedModelReply.call("leak", ["what": .string("\(encoding)")], id: "call_\(encoding)")
      }
      calls.append(.call("leak", ["what": "fail"], id: "call_fail"))
      calls.append(.document("report-\(Self.canaries[0].text).md", "# Report\n\n\(Self.plain)\n"))
      let entry: JSONValue = [
        "namespace": "n", "key": .string("k\(Self.canaries[0].text)"),
        "value": ["list": .array(Self.canaries.map { .string($0.text) }), Self.canaries[10].text: 1],
      ]
      calls.append(.call("write_blackboard", entry, id: "call_entry"))
      calls.append(.call("query_blackboard", ["namespace": "n"], id: "call_query"))
      calls.append(.call("no_such_tool", ["a": .string(Self.plain)], id: "call_none"))
      let script = calls + [.text("It is:\n\(Self.plain)")]
      let midway = Box<[String]>([])
      let model = ScriptedModelServer { request in
        // While the journal has its log beside it.
        if request.number == script.count - 1 { midway.value = folder.places(of: Self.forbidden, except: "own-") }
        return script[min(request.number, script.count - 1)]
      }
      try await model.run { url in
        let session = try Self.session(url, in: folder)
        let ended = try await session.finish()
        #expect(ended.code == 0, "\(ended)")
        try folder.write("told.txt", model.requests.map { $0.body.text() }.joined(separator: "\n"))
        #expect(midway.value.isEmpty, "\(midway.value.prefix(20))")
        let places = folder.places(of: Self.forbidden, except: "own-")
        #expect(places.isEmpty, "\(places.count): \(places.prefix(20))")
        try Self.expectMasks(model, session)
        try await session.expectConsistent(ended)
      }
    }
  }

  private static func session(_ url: String, in folder: Folder) throws -> Session {
    var session = try Session(model: url, in: folder, manifests: [try leak(in: folder)])
    for (index, canary) in canaries.enumerated() {
      session.environment["TOOL_SECRET_C\(index)"] = canary.text
      session.environment["TOOL_SECRET_C\(index)_HOSTS"] = "tool:leak"
    }
    session.environment["USER_REQUEST"] = "Find out about \(canaries[0].text)."
    session.environment["AGENT_INSTRUCTIONS"] = "Never tell anybody \(canaries[1].text)."
    return session
  }

  /// The search has something to find: all was printed, and masks are where canaries were.
  private static func expectMasks(_ model: ScriptedModelServer, _ session: Session) throws {
    func masks(_ text: String) -> Int {
      text.split(separator: Redactor.mask, omittingEmptySubsequences: false).count - 1
    }
    for (index, encoding) in Canary.Encoding.allCases.enumerated() {
      let told = model.requests[index + 1].last("tool") ?? ""
      #expect(told.hasSuffix("end of \(encoding)\n"), "\(told.suffix(200))")
      #expect(masks(told) >= canaries.count * (1 + canaries[0].samples(encoding).count), "\(encoding)")
    }
    #expect(model.requests[9].last("tool")?.contains("exit code 7") == true)
    #expect(model.requests[0].last("user")?.contains("about \(Redactor.mask).") == true)
    #expect(masks(session.result["answer"]?.stringValue ?? "") == canaries.count)
    func delivered(_ type: String) -> [String] {
      (session.result["artifacts"]?.arrayValue ?? []).filter { $0["type"]?.stringValue == type }
        .compactMap { $0["name"]?.stringValue }.map { session.delivered("artifacts/\($0)") }
    }
    #expect(delivered("document").map(masks) == [canaries.count])
    #expect(!delivered("transcript").isEmpty, "all of what was too long for the model")
    for output in delivered("transcript") { #expect(masks(output) >= canaries.count) }
    #expect(masks(model.requests[12].last("tool") ?? "") >= canaries.count)
  }

  /// What is too long is cut; no cut leaves a part of a secret.
  @Test func noCutLeavesAPart() async throws {
    try await Folder.with { folder in
      var random = SeededGenerator(seed: 4)
      let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
      let secret = (0..<120).map { _ in String(letters[Int.random(in: 0..<letters.count, using: &random)]) }.joined()
      let parts = (0...108).map { start in
        (name: "part at \(start)", text: String(secret.dropFirst(start).prefix(12)))
      }
      let script = try folder.write(
        "own-print.sh",
        """
        print() { i=0; while [ $i -lt $1 ]; do echo "$S $S $S $S $S $S $S $S $S $S"; i=$((i+1)); done; }
        case "$1" in
        middle) printf abc; print 40 ;;
        long) printf abc; print 600 ;;
        error) print 10 >&2; printf x >&2; exit 3 ;;
        esac
        """)
      var manifest =
        CommandManifest.json(
          "print", argv: ["/bin/sh", script, "{what}"],
          properties: ["what": ["enum": ["middle", "long", "error"]]]
        ).objectValue ?? [:]
      var command = manifest["command"]?.objectValue ?? [:]
      command["secrets"] = ["S": "S"]
      manifest["command"] = .object(command)
      let model = ScriptedModelServer([
        .call("print", ["what": "middle"], id: "c1"), .call("print", ["what": "long"], id: "c2"),
        .call("print", ["what": "error"], id: "c3"), .text("done"),
      ])
      try await model.run { url in
        var session = try Session(model: url, in: folder, manifests: [.object(manifest)])
        session.environment.merge(["TOOL_SECRET_S": secret, "TOOL_SECRET_S_HOSTS": "tool:print"]) { $1 }
        let ended = try await session.finish()
        #expect(ended.code == 0, "\(ended)")
        let told = model.requests.map { $0.last("tool") ?? "" }
        #expect(told[1].contains(Redactor.mask) && told[3].contains("exit code 3"), "\(told[3].prefix(200))")
        #expect(told[2].contains("bytes omitted"))
        try folder.write("told.txt", model.requests.map { $0.body.text() }.joined(separator: "\n"))
        let places = folder.places(of: parts, except: "own-")
        #expect(places.isEmpty, "\(places.prefix(10))")
        try await session.expectConsistent(ended)
      }
    }
  }
}
