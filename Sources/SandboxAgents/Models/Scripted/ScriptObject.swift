import SandboxCore

/// An object of a script that is being read: each member is taken once, and what is left over is a mistake.
struct ScriptObject {
  let pointer: String
  private var rest: JSONObject

  init(_ value: JSONValue, at pointer: String) throws(SandboxError) {
    guard let object = value.objectValue else {
      throw SandboxError(.invalidArgument, "\(pointer.isEmpty ? "the script" : pointer) must be an object")
    }
    self.pointer = pointer
    rest = object
  }

  mutating func take(_ key: String) -> JSONValue? { rest.removeValue(forKey: key) }

  mutating func string(_ key: String) throws(SandboxError) -> String? {
    guard let value = take(key), !value.isNull else { return nil }
    guard let text = value.stringValue else { throw wrong(key, "a string") }
    return text
  }

  mutating func array(_ key: String) throws(SandboxError) -> [JSONValue]? {
    guard let value = take(key), !value.isNull else { return nil }
    guard let array = value.arrayValue else { throw wrong(key, "an array") }
    return array
  }

  /// A whole number from zero.
  mutating func count(_ key: String) throws(SandboxError) -> Int? {
    guard let value = take(key), !value.isNull else { return nil }
    guard let count = value.intValue, count >= 0 else { throw wrong(key, "a whole number from 0") }
    return count
  }

  func refuseRest() throws(SandboxError) {
    guard let key = rest.keys.first else { return }
    throw SandboxError(.invalidArgument, "\(pointer)/\(key) is no member that a script knows")
  }

  private func wrong(_ key: String, _ expected: String) -> SandboxError {
    SandboxError(.invalidArgument, "\(pointer)/\(key) must be \(expected)")
  }
}
