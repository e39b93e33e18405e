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
  /// or name, or with ones that look alike, the second is, and so is one whose fallbacks lead back to itself.
  ///
  /// - Parameters:
  ///   - inline: manifests that came with the session's configuration, after those of the files.
  ///   - builtins: the handlers that a manifest of type `builtin` may name.
  ///   - secrets: those that manifests may name; what they name besides is a problem.
  ///   - grants: the paths and networks that manifests may ask for; what they ask for besides is a problem.
  package static func load(
    paths: [String], inline: [JSONValue] = [], builtins: Set<String>, secrets: SecretStore = .empty,
    grants: GrantRules = .none
  ) -> ManifestCatalog {
    var finder = ManifestFinder()
    for path in paths { finder.add(path) }
    var batch = ManifestBatch(builtins: builtins, secrets: secrets, grants: grants, problems: finder.problems)
    for file in finder.files { batch.read(file) }
    for (index, manifest) in inline.enumerated() {
      let pointer = JSONPointer.root.appending(key: "toolManifests").appending(index: index)
      batch.read(manifest, "session configuration", at: pointer)
    }
    var names = TakenNames()
    var fallbacks = FallbackGraph()
    for manifest in batch.manifests {
      if let problem = names.clash(of: manifest) ?? fallbacks.cycle(through: manifest) {
        batch.problems.append(problem)
        continue
      }
      names.add(manifest)
      fallbacks.add(manifest)
    }
    return ManifestCatalog(
      manifests: fallbacks.manifests,
      problems: batch.problems + fallbacks.missing(besides: reservedNames))
  }
}
