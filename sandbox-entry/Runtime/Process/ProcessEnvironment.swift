import Glibc

/// The process's environment block: read once, then cleared of secrets, so that `/proc/PID/environ` shows none.
enum ProcessEnvironment {
  /// All variables; of two entries with one name the first counts, as for `getenv`.
  static func read() -> [String: String] {
    var result: [String: String] = [:]
    forEach { name, value, _ in if result[name] == nil { result[name] = value } }
    return result
  }

  /// Overwrites the values of the named variables where they lie.
  static func scrub(_ isSecret: (String) -> Bool) {
    forEach { name, value, pointer in
      guard isSecret(name) else { return }
      memset(pointer, Int32(UInt8(ascii: "x")), strlen(pointer))
    }
  }

  private static func forEach(_ body: (String, String, UnsafeMutablePointer<CChar>) -> Void) {
    var entry = environ
    while let text = entry.pointee {
      if let equals = strchr(text, Int32(UInt8(ascii: "="))) {
        let name = String(decoding: UnsafeRawBufferPointer(start: text, count: equals - text), as: UTF8.self)
        body(name, String(cString: equals + 1), equals + 1)
      }
      entry += 1
    }
  }
}
