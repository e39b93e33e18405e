internal import SandboxCore

/// What Convex can store: a subset of JSON with limits of its own.
enum ConvexValue {
  /// Levels of arrays and objects that a value may have inside one of our arguments: of Convex's 16, four are ours.
  private static let depth = 12
  private static let elements = 8192
  private static let members = 1024
  private static let nameLength = 1024

  /// The value itself when Convex can store it, else its JSON text: what tools and models produce has keys such as
  /// `$ref` or `größe`, which would make the whole call fail.
  static func storable(_ value: JSONValue) -> JSONValue {
    isStorable(value, depth: depth) ? value : .string(value.text())
  }

  private static func isStorable(_ value: JSONValue, depth: Int) -> Bool {
    switch value {
    case .null, .bool, .string: true
    case .double(let number): number.isFinite
    // Numbers are doubles there; a larger one would be changed silently.
    case .int(let number): number.magnitude <= 1 << 53
    case .decimal: false
    case .array(let elements):
      depth > 0 && elements.count <= self.elements && elements.allSatisfy { isStorable($0, depth: depth - 1) }
    case .object(let object):
      depth > 0 && object.count <= members
        && object.allSatisfy { isFieldName($0.key) && isStorable($0.value, depth: depth - 1) }
    }
  }

  private static func isFieldName(_ name: String) -> Bool {
    let bytes = name.utf8
    return !bytes.isEmpty && bytes.count <= nameLength && bytes.first != UInt8(ascii: "$")
      && bytes.allSatisfy { (32...126).contains($0) }
  }
}
