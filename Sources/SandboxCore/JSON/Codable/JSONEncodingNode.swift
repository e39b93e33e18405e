/// The encoder of one value. It collects what the value writes into one of its containers; containers of nested nodes
/// are filled in at the end, because they may be written to until then.
final class JSONEncodingNode: Encoder {
  private enum Kind { case empty, single, keyed, unkeyed }

  private struct Nested {
    let key: String
    let index: Int
    let node: JSONEncodingNode
  }

  let path: JSONCodingPath
  let userInfo: [CodingUserInfoKey: Any] = [:]
  private var kind = Kind.empty
  private var single = JSONValue.null
  private var object = JSONObject()
  private(set) var array: [JSONValue] = []
  private var nested: [Nested] = []
  private var problem: String?

  init(path: JSONCodingPath) { self.path = path }

  var codingPath: [any CodingKey] { path.codingKeys }

  static func json<T: Encodable>(_ value: T, at path: @autoclosure () -> JSONCodingPath) throws -> JSONValue {
    if T.self == JSONValue.self, let exact = value as? JSONValue { return exact }
    let node = JSONEncodingNode(path: path())
    do {
      try value.encode(to: node)
      return try node.finish()
    } catch {
      throw JSONCodingFailure(error, at: node.path)
    }
  }

  static func json(_ value: Double, at path: @autoclosure () -> JSONCodingPath) throws -> JSONValue {
    guard value.isFinite else { throw JSONCodingFailure(path(), "\(value) is not a JSON number") }
    return .double(value)
  }

  static func json(_ value: some BinaryInteger) -> JSONValue {
    Int64(exactly: value).map { .int($0) } ?? .decimal(value.description)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    become(.keyed)
    return KeyedEncodingContainer(JSONKeyedEncoding<Key>(node: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    become(.unkeyed)
    return JSONUnkeyedEncoding(node: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { JSONSingleEncoding(node: self) }

  func set(_ value: JSONValue) throws {
    if kind != .empty { throw JSONCodingFailure(path, "the type encodes more than one value at one place") }
    kind = .single
    single = value
  }

  func set(_ value: JSONValue, forKey key: String) { object[key] = value }

  func append(_ value: JSONValue) { array.append(value) }

  /// The node of a nested container, the same one for the same key.
  func child(forKey key: String) -> JSONEncodingNode {
    if let known = nested.first(where: { $0.key.hasSameBytes(as: key) }) { return known.node }
    let node = JSONEncodingNode(path: .member(key, of: path))
    object[key] = .null
    nested.append(Nested(key: key, index: 0, node: node))
    return node
  }

  func appendChild() -> JSONEncodingNode {
    let node = JSONEncodingNode(path: .element(array.count, of: path))
    nested.append(Nested(key: "", index: array.count, node: node))
    array.append(.null)
    return node
  }

  // Asking for a container cannot throw, so the problem is told when the value is finished.
  private func become(_ kind: Kind) {
    if self.kind == .empty { self.kind = kind }
    if self.kind != kind { problem = "the type encodes more than one kind of container at one place" }
  }

  private func finish() throws -> JSONValue {
    if let problem { throw JSONCodingFailure(path, problem) }
    switch kind {
    case .single: return single
    case .unkeyed:
      for child in nested { array[child.index] = try child.node.finish() }
      return .array(array)
    case .keyed, .empty:
      for child in nested { object[child.key] = try child.node.finish() }
      return .object(object)
    }
  }
}
