import SandboxCore

/// A drawing of boxes and lines.
struct Canvas {
  static let maximumElements = 1_000
  static let maximumTextBytes = 1 << 20

  let title: String
  var elements: [CanvasElement] = []
  var edges: [CanvasEdge] = []
  var lines: [CanvasLine] = []

  /// The file that canvas editors open: JSON Canvas 1.0 (jsoncanvas.org). It has no shapes and no free lines: boxes and
  /// ellipses are text, and lines between points are left out.
  var document: JSONValue {
    // The first is drawn at the bottom, and groups are behind what is in them.
    let ordered = elements.filter { $0.shape == .group } + elements.filter { $0.shape != .group }
    return ["nodes": .array(ordered.map(Self.node)), "edges": .array(edges.map(Self.edge))]
  }

  private static func node(_ element: CanvasElement) -> JSONValue {
    var node: JSONObject = [
      "id": .string(element.id), "type": "text", "x": .int(Int64(element.frame.x)), "y": .int(Int64(element.frame.y)),
      "width": .int(Int64(element.frame.width)), "height": .int(Int64(element.frame.height)),
    ]
    switch element.shape {
    case .group:
      node["type"] = "group"
      if !element.text.isEmpty { node["label"] = .string(element.text) }
    case .image, .file, .link:
      let isAddress = element.target.hasPrefix("http://") || element.target.hasPrefix("https://")
      node["type"] = isAddress ? "link" : "file"
      node[isAddress ? "url" : "file"] = .string(element.target)
    case .text, .rect, .ellipse, .note: node["text"] = .string(element.text)
    }
    if let color = element.color { node["color"] = .string(color.name) }
    return .object(node)
  }

  private static func edge(_ edge: CanvasEdge) -> JSONValue {
    var json: JSONObject = ["id": .string(edge.id), "fromNode": .string(edge.from)]
    if let side = edge.fromSide { json["fromSide"] = .string(side.rawValue) }
    json["toNode"] = .string(edge.to)
    if let side = edge.toSide { json["toSide"] = .string(side.rawValue) }
    // An arrow is what an edge has at its end unless it says otherwise.
    if !edge.hasArrow { json["toEnd"] = "none" }
    if let color = edge.color { json["color"] = .string(color.name) }
    if !edge.label.isEmpty { json["label"] = .string(edge.label) }
    return .object(json)
  }
}
