package import SandboxCore

/// Loads tool manifests: what is good is loaded, what is not is reported with file, place and reason.
package enum ManifestLoader {
  /// Tools that the runtime itself provides. A manifest may not take their names.
  static let reservedNames: Set<String> = [
    "create_plan", "delegate_task", "execute_tool", "query_blackboard", "write_blackboard", "list_available_tools",
    "synthesize_results",
  ]
  /// Those of them that a manifest may put on the bus under their own name.
  static let openNames: Set<String> = ["list_available_tools"]

  /// Reads all manifests in these files and folders. Disabled ones are left out without a word; of two with the same id
  /// or name the second is.
  ///
  /// - Parameters:
  ///   - inline: manifests that came with the session's configuration, after those of the files.
  ///   - builtins: the handlers that a manifest of type `builtin` may name.
  package static func load(
    paths: [String], inline: [JSONValue] = [], builtins: Set<String>
  ) -> ManifestCatalog {
    var finder = ManifestFinder()
    for path in paths { finder.add(path) }
    var manifests: [ToolManifest] = []
    var problems = finder.problems
    var taken: [String: ToolManifest] = [:]
    let candidates =
      finder.files.flatMap { read($0, builtins, &problems) }
      + inline.enumerated().compactMap { read($1, "session configuration", at: inlinePlace($0), builtins, &problems) }
    for manifest in candidates {
      let keys = Set([manifest.id.rawValue, manifest.name].map(ToolRegistry.folded))
      if let other = keys.sorted().compactMap({ taken[$0] }).first {
        problems.append(clash(manifest, other))
        continue
      }
      for key in keys { taken[key] = manifest }
      manifests.append(manifest)
    }
    return ManifestCatalog(manifests: manifests, problems: problems)
  }

  private static func read(_ file: String, _ builtins: Set<String>, _ problems: inout [ManifestProblem])
    -> [ToolManifest]
  {
    let content: JSONValue
    do throws(ManifestFileReader.Failure) {
      content = try ManifestFileReader.read(file)
    } catch {
      problems.append(ManifestProblem(file: file, pointer: "", reason: error.reason))
      return []
    }
    let entries =
      content.arrayValue?.enumerated().map { ($1, JSONPointer.root.appending(index: $0)) } ?? [(content, .root)]
    if entries.isEmpty { problems.append(ManifestProblem(file: file, pointer: "", reason: "the list is empty")) }
    return entries.compactMap { read($0.0, file, at: $0.1, builtins, &problems) }
  }

  private static func read(
    _ value: JSONValue, _ file: String, at pointer: JSONPointer, _ builtins: Set<String>,
    _ problems: inout [ManifestProblem]
  ) -> ToolManifest? {
    var reader = ManifestReader(file: file, pointer: pointer, builtins: builtins)
    defer { problems += reader.problems }
    return reader.read(value)
  }

  private static func inlinePlace(_ index: Int) -> JSONPointer {
    JSONPointer.root.appending(key: "toolManifests").appending(index: index)
  }

  private static func clash(_ manifest: ToolManifest, _ other: ToolManifest) -> ManifestProblem {
    let isSameID = ToolRegistry.folded(manifest.id.rawValue) == ToolRegistry.folded(other.id.rawValue)
    let place = other.pointer.tokens.isEmpty ? other.file : "\(other.file) \(other.pointer)"
    return ManifestProblem(
      file: manifest.file, pointer: manifest.pointer.appending(key: isSameID ? "id" : "name").description,
      reason:
        "the id or name of \"\(manifest.id)\" is taken by \"\(other.id)\" in \(place), or differs from it only in "
        + "case; rename one")
  }
}
