import SandboxCore

extension Canvas {
  /// - Throws: `.invalidArgument` that names the element and what would be right.
  init(_ arguments: BuiltinArguments) throws(SandboxError) {
    title = try arguments.string("title", maximumBytes: 500)
    guard let list = arguments["elements"]?.arrayValue, !list.isEmpty else {
      throw SandboxError(.invalidArgument, "elements must be an array with at least one element")
    }
    guard let joined = (arguments["edges"] ?? .array([])).arrayValue else {
      throw SandboxError(.invalidArgument, "edges must be an array of {\"from\": id, \"to\": id}")
    }
    guard list.count + joined.count <= Self.maximumElements else {
      throw SandboxError(
        .limitExceeded,
        "the canvas has \(list.count + joined.count) elements and edges; the limit is \(Self.maximumElements)")
    }
    var edges: [CanvasArguments] = []
    for (index, value) in list.enumerated() {
      let entry = try CanvasArguments(value, at: "/elements/\(index)", title: title)
      if let shape = CanvasElement.Shape(rawValue: entry.type) {
        elements.append(try entry.element(shape))
      } else if entry.isLine, entry["from"] != nil || entry["fromNode"] != nil {
        edges.append(entry)
      } else if entry.isLine {
        lines.append(try entry.line())
      } else {
        let known = (CanvasElement.Shape.allCases.map(\.rawValue) + CanvasArguments.lineTypes).joined(separator: ", ")
        throw entry.problem("type is \(entry.type.quoted); known are \(known)")
      }
    }
    for (index, value) in joined.enumerated() {
      edges.append(try CanvasArguments(value, at: "/edges/\(index)", title: title))
    }
    try refuseRepeatedIDs()
    let ids = Set(elements.map(\.id))
    self.edges = try edges.mapThrowing { edge throws(SandboxError) in try edge.edge(between: ids) }
    let bytes = elements.reduce(0) { $0 + $1.text.utf8.count }
    guard bytes <= Self.maximumTextBytes else {
      throw SandboxError(.limitExceeded, "the canvas has \(bytes) bytes of text; the limit is \(Self.maximumTextBytes)")
    }
  }

  private func refuseRepeatedIDs() throws(SandboxError) {
    var seen: Set<String> = []
    for element in elements where !seen.insert(element.id).inserted {
      throw SandboxError(.invalidArgument, "the id \(element.id.quoted) is used twice; give each element its own")
    }
  }
}
