/// A thing on a canvas that takes up room.
struct CanvasElement {
  enum Shape: String, CaseIterable {
    case text, rect, ellipse, note, image, group, link, file

    /// What an element of that shape measures when it does not say.
    var size: (width: Int, height: Int) {
      switch self {
      case .group: (400, 300)
      case .image: (240, 180)
      case .text, .link, .file: (260, 60)
      case .rect, .ellipse, .note: (200, 100)
      }
    }
  }

  let id: String
  let shape: Shape
  let frame: CanvasFrame
  /// The text that is shown.
  let text: String
  /// What an image, link or file points to: an http address, or a path.
  let target: String
  let color: CanvasColor?
}

/// A rectangle in the canvas's pixels; y grows downwards.
struct CanvasFrame {
  let x: Int
  let y: Int
  let width: Int
  let height: Int

  func middle(of side: CanvasEdge.Side) -> (x: Int, y: Int) {
    switch side {
    case .top: (x + width / 2, y)
    case .bottom: (x + width / 2, y + height)
    case .left: (x, y + height / 2)
    case .right: (x + width, y + height / 2)
    }
  }
}
