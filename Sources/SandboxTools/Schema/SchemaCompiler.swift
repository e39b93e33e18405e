import SandboxCore

/// Turns a schema into nodes, the root first.
struct SchemaCompiler {
  private let root: JSONValue
  private var nodes: [SchemaNode] = []
  private var indices: [JSONPointer: Int] = [:]

  static func compile(_ schema: JSONValue) throws(SchemaProblem) -> [SchemaNode] {
    var compiler = SchemaCompiler(root: schema)
    _ = try compiler.node(for: schema, at: .root, depth: 0)
    try compiler.refuseEndlessReferences()
    return compiler.nodes
  }

  private init(root: JSONValue) { self.root = root }

  /// The node of the schema at this place, compiled when it is met for the first time.
  mutating func node(for schema: JSONValue, at pointer: JSONPointer, depth: Int) throws(SchemaProblem) -> Int {
    if let known = indices[pointer] { return known }
    guard depth <= JSONSchema.maximumDepth else {
      throw SchemaProblem(pointer, "is nested deeper than \(JSONSchema.maximumDepth) schemas")
    }
    guard nodes.count < JSONSchema.maximumNodes else {
      throw SchemaProblem(pointer, "there are more than \(JSONSchema.maximumNodes) schemas in one another")
    }
    let index = nodes.count
    indices[pointer] = index
    nodes.append(SchemaNode(pointer: pointer))
    switch schema {
    case .bool(true): break
    case .bool(false): nodes[index].assertions = [.init(keyword: "", rule: .never)]
    case .object(let object):
      var reader = SchemaKeywords(object: object, pointer: pointer, depth: depth)
      nodes[index].assertions = try reader.assertions(&self)
    default: throw SchemaProblem(pointer, "a schema must be an object or a boolean, not \(schema.typeName)")
    }
    return index
  }

  /// The node that a local reference names.
  mutating func node(referencedBy reference: String, at place: JSONPointer, depth: Int) throws(SchemaProblem) -> Int {
    guard reference.hasPrefix("#"), !reference.contains("%") else {
      throw SchemaProblem(
        place, "only references into the same schema, like \"#/$defs/name\", are supported", isUnsupported: true)
    }
    guard let target = try? JSONPointer(String(reference.dropFirst())) else {
      throw SchemaProblem(
        place, "anchors are not supported; use a reference like \"#/$defs/name\"", isUnsupported: true)
    }
    guard let schema = target.value(in: root) else {
      throw SchemaProblem(place, "refers to \(JSONValue.string(reference)), which is not there")
    }
    return try node(for: schema, at: target, depth: depth)
  }

  /// A reference that leads back to itself without going into the value would never end.
  private func refuseEndlessReferences() throws(SchemaProblem) {
    enum Visit { case open, done }
    var visits: [Int: Visit] = [:]
    for start in nodes.indices where visits[start] == nil {
      var path: [(node: Int, next: [Int])] = [(start, nodes[start].inPlace)]
      visits[start] = .open
      while let last = path.indices.last {
        guard let next = path[last].next.popLast() else {
          visits[path[last].node] = .done
          path.removeLast()
          continue
        }
        switch visits[next] {
        case .open: throw SchemaProblem(nodes[next].pointer, "refers to itself without end")
        case .done: continue
        case nil:
          visits[next] = .open
          path.append((next, nodes[next].inPlace))
        }
      }
    }
  }
}
