/// A compiled schema, ready to check values.
struct SchemaProgram: Sendable {
  /// The root is first.
  let nodes: [SchemaNode]
  /// For each anchor that a `$dynamicRef` may mean: the node that each resource has for it.
  let dynamicAnchors: [[Int: Int]]
  let unknownDialect: String?
}
