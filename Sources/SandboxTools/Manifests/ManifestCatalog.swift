package import SandboxCore

/// The tools that were found, and everything that was wrong with the others.
package struct ManifestCatalog: Sendable, Hashable {
  /// In the order of the paths, and in a folder by path.
  package let manifests: [ToolManifest]
  package let problems: [ManifestProblem]
}
