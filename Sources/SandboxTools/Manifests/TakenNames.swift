import SandboxCore

/// The ids and names of the tools so far. No two may be taken for each other, by a program or by a reader.
struct TakenNames {
  private var owners: [String: ToolManifest] = [:]

  mutating func add(_ manifest: ToolManifest) {
    for (_, name) in Self.names(of: manifest) {
      for key in Self.keys(name) where owners[key] == nil { owners[key] = manifest }
    }
  }

  func clash(of manifest: ToolManifest) -> ManifestProblem? {
    for (path, name) in Self.names(of: manifest) {
      guard let other = Self.keys(name).lazy.compactMap({ owners[$0] }).first else { continue }
      let place = other.pointer.tokens.isEmpty ? other.file : "\(other.file) \(other.pointer)"
      return ManifestProblem(
        file: manifest.file, pointer: JSONPointer(tokens: manifest.pointer.tokens + path).description,
        reason:
          "\"\(name)\" is taken by \"\(other.id)\" in \(place), or differs from one of its names only in case or in "
          + "letters that look alike; rename one")
    }
    return nil
  }

  /// What the tools of a manifest are called by, as far as the manifest says, and where it says so.
  static func names(of manifest: ToolManifest) -> [(path: [String], name: String)] {
    var names: [(path: [String], name: String)] = [(["id"], manifest.id.rawValue), (["name"], manifest.name)]
    if case .mcp(let server) = manifest.kind {
      for (index, tool) in server.tools.enumerated() {
        if let id = tool.id, id != manifest.id.rawValue { names.append((["tools", String(index), "id"], id)) }
      }
    }
    return names
  }

  private static func keys(_ name: String) -> [String] {
    ["case \(LookAlike.folded(name))", "look \(LookAlike.skeleton(name))"]
  }
}
