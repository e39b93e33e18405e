/// The categories a manifest may name. Each can have a sub-agent of its own.
package enum ToolCategory: String, Sendable, CaseIterable {
  case research, content, analytics, integration, execution

  /// What older manifests call them.
  static let older: [String: ToolCategory] = ["analysis": .analytics, "utility": .execution]
}
