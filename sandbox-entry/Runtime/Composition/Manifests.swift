import SandboxCore
import SandboxSession
import SandboxTools

/// Loads the manifests that a configuration names.
enum Manifests {
  static func load(_ configuration: RunConfiguration) -> ManifestCatalog {
    ManifestLoader.load(
      paths: configuration.session.manifestPaths, inline: configuration.session.inlineManifests,
      builtins: BuiltinExecutor.handlerNames, secrets: configuration.secrets,
      grants: configuration.grants)
  }
}
