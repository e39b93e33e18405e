import SandboxCore
import SandboxIO

/// What manifests may ask for, as the owner says. What is not named here is refused, because manifests can come from
/// elsewhere.
package struct GrantRules: Sendable, Hashable {
  /// Folders and files, absolute, that manifests may have read and written besides the workspace.
  package let paths: [String]
  /// Ids of tools that may have the whole network; `*` is for all.
  package let networkTools: Set<String>

  package static let none = GrantRules()

  package init(paths: [String] = [], networkTools: Set<String> = []) {
    self.paths = paths
    self.networkTools = networkTools
  }

  func allowsNetwork(_ tool: ToolID) -> Bool { networkTools.contains("*") || networkTools.contains(tool.rawValue) }

  func allows(_ path: String) -> Bool {
    paths.contains { RealPath.contains($0, path) }
  }
}
