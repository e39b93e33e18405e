package struct BlackboardKey: Sendable, Hashable, Codable {
  package let namespace: String
  package let key: String

  package init(_ namespace: String, _ key: String) {
    self.namespace = namespace
    self.key = key
  }
}

/// What one agent left for the others, under a version that grows by one with each write.
package struct BlackboardEntry: Sendable, Hashable, Codable {
  package let namespace: String
  package let key: String
  package let value: JSONValue
  package let version: Int
  package let agentID: AgentID
  package let metadata: JSONValue
  package let createdAt: Int64
  package let updatedAt: Int64

  package init(
    namespace: String, key: String, value: JSONValue, version: Int, agentID: AgentID, metadata: JSONValue,
    createdAt: Int64, updatedAt: Int64
  ) {
    self.namespace = namespace
    self.key = key
    self.value = value
    self.version = version
    self.agentID = agentID
    self.metadata = metadata
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }
}
