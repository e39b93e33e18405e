import SandboxCore

/// Reads one element or edge of a call's arguments. Its properties may stand in it or in its `props`.
struct CanvasArguments {
  static let lineTypes = ["arrow", "line"]
  private static let coordinates = -100_000.0...100_000.0
  private static let sizes = 1.0...100_000.0

  let type: String
  private let values: JSONObject
  private let properties: JSONObject
  private let pointer: String
  private let title: String

  init(_ value: JSONValue, at pointer: String, title: String) throws(SandboxError) {
    self.pointer = pointer
    self.title = title
    values = value.objectValue ?? [:]
    properties = values["props"]?.objectValue ?? [:]
    type = values["type"]?.stringValue ?? ""
    if value.objectValue == nil { throw problem("is \(value.typeName); it must be an object") }
  }

  var isLine: Bool { Self.lineTypes.contains(type) }

  subscript(name: String) -> JSONValue? {
    for object in [values, properties] {
      if let value = object[name], !value.isNull { return value }
    }
    return nil
  }

  func problem(_ text: String) -> SandboxError { SandboxError(.invalidArgument, "\(pointer): \(text)") }

  // MARK: - What it is

  func element(_ shape: CanvasElement.Shape) throws(SandboxError) -> CanvasElement {
    let target = try text("url", "src", "file", "target")
    switch shape {
    case .image, .link, .file:
      guard !target.isEmpty else { throw problem("type \(shape.rawValue) needs url or file, a text") }
    default: break
    }
    let text = try text("content", "text", "label", "title", "alt")
    return CanvasElement(
      id: try id(), shape: shape,
      frame: CanvasFrame(
        x: try number("x", in: Self.coordinates), y: try number("y", in: Self.coordinates),
        width: try number("width", in: Self.sizes, default: shape.size.width),
        height: try number("height", in: Self.sizes, default: shape.size.height)),
      text: text, target: target, color: try color())
  }

  func line() throws(SandboxError) -> CanvasLine {
    CanvasLine(
      from: (try number("x", in: Self.coordinates), try number("y", in: Self.coordinates)),
      to: (try number("x2", in: Self.coordinates), try number("y2", in: Self.coordinates)), hasArrow: type == "arrow",
      label: try text("label", "content", "text"), color: try color())
  }

  func edge(between ids: Set<String>) throws(SandboxError) -> CanvasEdge {
    CanvasEdge(
      id: try id(), from: try end("from", "fromNode", ids), fromSide: try side("fromSide"),
      to: try end("to", "toNode", ids), toSide: try side("toSide"),
      hasArrow: type != "line" && self["toEnd"]?.stringValue != "none", label: try text("label", "content", "text"),
      color: try color())
  }

  // MARK: - Its properties

  private func id() throws(SandboxError) -> String {
    guard let value = self["id"] else { return StableUUID.make("canvas", title, pointer) }
    guard let id = value.stringValue, (1...64).contains(id.utf8.count), id.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f })
    else { throw problem("id must be a text of 1 to 64 bytes without spaces") }
    return id
  }

  private func end(_ name: String, _ otherName: String, _ ids: Set<String>) throws(SandboxError) -> String {
    let id = try text(name, otherName)
    guard ids.contains(id) else {
      throw problem(
        id.isEmpty ? "\(name) is missing: give the id of an element" : "\(name) is \(id.quoted), the id of no element")
    }
    return id
  }

  private func side(_ name: String) throws(SandboxError) -> CanvasEdge.Side? {
    guard let value = self[name] else { return nil }
    guard let side = value.stringValue.flatMap(CanvasEdge.Side.init) else {
      throw problem("\(name) must be one of top, right, bottom, left")
    }
    return side
  }

  /// The first of these that is there; empty when none is.
  private func text(_ names: String...) throws(SandboxError) -> String {
    for name in names {
      guard let value = self[name] else { continue }
      guard let text = value.stringValue else { throw problem("\(name) must be a text, not \(value.typeName)") }
      return text
    }
    return ""
  }

  private func color() throws(SandboxError) -> CanvasColor? {
    guard let value = self["color"] else { return nil }
    guard let color = value.stringValue.flatMap(CanvasColor.init) else {
      throw problem("color must be \"1\" to \"6\" or \"#rrggbb\"")
    }
    return color
  }

  private func number(
    _ name: String, in range: ClosedRange<Double>, default fallback: Int? = nil
  ) throws(SandboxError) -> Int {
    guard let value = self[name] else {
      if let fallback { return fallback }
      throw problem("\(name) is missing: give a number")
    }
    guard let number = value.doubleValue, range.contains(number) else {
      throw problem(
        "\(name) is \(String(value.text().prefix(80))); it must be a number from \(Int(range.lowerBound)) to "
          + "\(Int(range.upperBound))")
    }
    return Int(number.rounded())
  }
}
