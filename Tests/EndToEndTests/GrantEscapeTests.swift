import Glibc
import SandboxCore
import SandboxTestKit
import Testing

/// A program that may write where its grants lie puts a link in the place of one, and so would choose what it is granted.
@Suite("Links in place of grants")
struct GrantEscapeTests {
  @Test(
    "A granted folder becomes a link to somewhere else", arguments: ["", "namespaces", "landlock"],
    ["reads", "writes"])
  func link(without mechanism: String, kind: String) async throws {
    try await Folder.with { folder in
      folder.makeFolder("secret")
      try folder.write("secret/key", "the canary\n")
      let model = ScriptedModelServer { request in
        request.number < 3
          ? .call("probe", ["step": .string(["link", "read", "write"][request.number])]) : .text("done")
      }
      try await model.run { url in
        var session = try Session(model: url, in: folder, manifests: [try manifest(kind, in: folder)])
        if !mechanism.isEmpty { session.environment["AGENT_ISOLATION_WITHOUT"] = mechanism }
        let (ended, _) = try await session.run { _ in }
        #expect(ended.code == 0, "\(ended)")
        let told = model.requests.dropFirst().map { $0.last("tool") ?? "" }
        #expect(told.first?.contains("linked") == true, "\(told)")
        #expect(!told.contains { $0.contains("canary") || $0.contains("written") }, "\(told)")
        #expect(folder.text("secret/key") == "the canary\n")
      }
    }
  }

  private func manifest(_ kind: String, in folder: Folder) throws -> JSONValue {
    let script = try folder.write(
      "probe.sh",
      """
      #!/bin/sh
      case $1 in
      link) ln -s '\(folder.path)/secret' granted && echo linked ;;
      read) cat granted/key ;;
      write) echo over > granted/key && echo written ;;
      esac
      true
      """)
    chmod(script, 0o755)
    var manifest = CommandManifest.json("probe", argv: [script, "{step}"]).objectValue ?? [:]
    manifest["schema"] = [
      "description": "Probes.", "parameters": ["type": "object", "properties": ["step": ["type": "string"]]],
    ]
    manifest["reads"] = kind == "reads" ? ["granted"] : []
    manifest["writes"] = kind == "writes" ? [".", "granted"] : ["."]
    return .object(manifest)
  }
}
