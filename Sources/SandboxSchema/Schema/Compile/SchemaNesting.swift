/// Refuses schemas that apply one another to the same value without end, or nearly so.
enum SchemaNesting {
  private enum Visit {
    case open
    /// How many schemas are applied one inside of the other from here on.
    case done(height: Int)
  }

  /// A walk in depth with a list for a stack.
  static func check(_ nodes: [SchemaNode]) throws(SchemaProblem) {
    var visits: [Visit?] = Array(repeating: nil, count: nodes.count)
    for start in nodes.indices where visits[start] == nil {
      var path: [(node: Int, next: [Int], height: Int)] = [(start, nodes[start].inPlace, 0)]
      visits[start] = .open
      while let last = path.indices.last {
        guard let next = path[last].next.popLast() else {
          let (node, _, height) = path.removeLast()
          visits[node] = .done(height: height)
          guard height <= JSONSchema.maximumDepth else {
            throw SchemaProblem(
              nodes[node].pointer, "its references are nested deeper than \(JSONSchema.maximumDepth) schemas",
              isUnsupported: true)
          }
          if let parent = path.indices.last { path[parent].height = max(path[parent].height, height + 1) }
          continue
        }
        switch visits[next] {
        case .open: throw SchemaProblem(nodes[next].pointer, "refers to itself without end")
        case .done(let height): path[last].height = max(path[last].height, height + 1)
        case nil:
          visits[next] = .open
          path.append((next, nodes[next].inPlace, 0))
        }
      }
    }
  }
}
