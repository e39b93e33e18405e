import SandboxCore

/// Manifests as they are read, one after the other, before they are compared.
struct ManifestBatch {
  let builtins: Set<String>
  let secrets: SecretStore
  let grants: GrantRules
  private(set) var manifests: [ToolManifest] = []
  var problems: [ManifestProblem]

  init(builtins: Set<String>, secrets: SecretStore, grants: GrantRules, problems: [ManifestProblem]) {
    self.builtins = builtins
    self.secrets = secrets
    self.grants = grants
    self.problems = problems
  }

  /// A file with one manifest or a list of them.
  mutating func read(_ file: String) {
    let content: JSONValue
    do throws(ManifestFileReader.Failure) {
      content = try ManifestFileReader.read(file)
    } catch {
      problems.append(ManifestProblem(file: file, pointer: "", reason: error.reason))
      return
    }
    guard let list = content.arrayValue else { return read(content, file, at: .root) }
    if list.isEmpty { problems.append(ManifestProblem(file: file, pointer: "", reason: "the list is empty")) }
    for (index, value) in list.enumerated() { read(value, file, at: JSONPointer.root.appending(index: index)) }
  }

  mutating func read(_ value: JSONValue, _ file: String, at pointer: JSONPointer) {
    var reader = ManifestReader(
      file: file, pointer: pointer, builtins: builtins, secrets: secrets, grants: grants)
    if let manifest = reader.read(value) { manifests.append(manifest) }
    problems += reader.problems
  }
}
