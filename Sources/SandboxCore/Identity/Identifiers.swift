/// A typed name: two kinds of identifier cannot be mixed up, and each is a plain string on the wire.
package struct Identifier<Kind>: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }
  package init(_ rawValue: String) { self.rawValue = rawValue }

  package var description: String { rawValue }

  package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

extension Identifier: Codable {
  package init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

extension Identifier: CodingKeyRepresentable {
  package var codingKey: any CodingKey { IdentifierKey(stringValue: rawValue) }
  package init?(codingKey: some CodingKey) { rawValue = codingKey.stringValue }
}

private struct IdentifierKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

package enum SessionKind {}
package enum AgentKind {}
package enum TaskKind {}
package enum CallKind {}
package enum ToolKind {}
package enum ArtifactKind {}

package typealias SessionID = Identifier<SessionKind>
/// `meta` or `omega:<category>`, or as `SUB_AGENTS` names it.
package typealias AgentID = Identifier<AgentKind>
/// Deterministic: the path of delegation, as `root`, `root.2`, `root.2.1`. The same session makes the same names again.
package typealias TaskID = Identifier<TaskKind>
/// Deterministic: the task, the model step and the place in the reply, as `root.2/4.0`; a model call is `root.2/4`.
package typealias CallID = Identifier<CallKind>
package typealias ToolID = Identifier<ToolKind>
package typealias ArtifactID = Identifier<ArtifactKind>

extension Identifier where Kind == TaskKind {
  /// The meta-agent's own task, from which all others descend.
  package static var root: TaskID { TaskID("root") }
}

extension Identifier where Kind == AgentKind {
  package static var meta: AgentID { AgentID("meta") }
  /// The author of what no agent wrote: lifecycle, final result.
  package static var system: AgentID { AgentID("system") }
}
