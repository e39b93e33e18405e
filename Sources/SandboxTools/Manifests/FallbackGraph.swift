import SandboxCore

/// The tools of a catalog and which of them stand in for which.
struct FallbackGraph {
  private(set) var manifests: [ToolManifest] = []
  /// Places in ``manifests`` by id and by name.
  private var places: [String: Int] = [:]
  /// All that are named as fallbacks.
  private var wanted: Set<String> = []

  mutating func add(_ manifest: ToolManifest) {
    for name in Self.names(of: manifest) where places[name] == nil { places[name] = manifests.count }
    wanted.formUnion(manifest.fallback)
    manifests.append(manifest)
  }

  /// Why a tool cannot be added: its fallbacks lead back to it.
  func cycle(through manifest: ToolManifest) -> ManifestProblem? {
    let own = Self.names(of: manifest)
    guard !own.isDisjoint(with: wanted) || !own.isDisjoint(with: manifest.fallback) else { return nil }
    for (index, start) in manifest.fallback.enumerated() {
      var seen: Set<String> = []
      var open = [start]
      while let name = open.popLast() {
        if own.contains(name) {
          return ManifestProblem(
            file: manifest.file, pointer: Self.place(manifest, index),
            reason: "the fallback \"\(start)\" leads back to \"\(manifest.id)\"; remove it from one of the tools")
        }
        guard seen.insert(name).inserted, let place = places[name] else { continue }
        open += manifests[place].fallback
      }
    }
    return nil
  }

  /// Warnings of fallbacks that no tool is. An MCP server may bring tools that are not known yet.
  ///
  /// - Parameter others: tools that are there without a manifest.
  func missing(besides others: Set<String>) -> [ManifestProblem] {
    let isOpen = manifests.contains { manifest in
      if case .mcp(let server) = manifest.kind {
        server.includesAll || server.tools.contains { $0.id == nil }
      } else {
        false
      }
    }
    if isOpen { return [] }
    return manifests.flatMap { manifest in
      manifest.fallback.enumerated().filter { places[$1] == nil && !others.contains($1) }.map { index, name in
        ManifestProblem(
          file: manifest.file, pointer: Self.place(manifest, index),
          reason: "there is no tool \"\(name)\"; it will be passed over", isWarning: true)
      }
    }
  }

  private static func names(of manifest: ToolManifest) -> Set<String> {
    var names: Set<String> = [manifest.id.rawValue, manifest.name]
    if case .mcp(let server) = manifest.kind { names.formUnion(server.tools.compactMap(\.id)) }
    return names
  }

  private static func place(_ manifest: ToolManifest, _ index: Int) -> String {
    manifest.pointer.appending(key: "fallback").appending(index: index).description
  }
}
