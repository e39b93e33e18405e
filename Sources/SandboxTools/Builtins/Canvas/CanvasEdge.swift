/// A line between two elements.
struct CanvasEdge {
  enum Side: String, CaseIterable { case top, right, bottom, left }

  let id: String
  let from: String
  let fromSide: Side?
  let to: String
  let toSide: Side?
  let hasArrow: Bool
  let label: String
  let color: CanvasColor?
}

/// A line between two points; only the drawing can show it.
struct CanvasLine {
  let from: (x: Int, y: Int)
  let to: (x: Int, y: Int)
  let hasArrow: Bool
  let label: String
  let color: CanvasColor?
}
