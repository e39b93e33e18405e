import SandboxCore

/// The price table that ships with the program: prices, context windows and peculiarities of known models.
package enum ModelCatalog {
  /// A row of the table.
  package struct Entry: Sendable, Hashable {
    package let id: String
    package let provider: String
    package let facts: ModelFacts
  }

  package static let entries: [String: Entry] = Dictionary(
    uniqueKeysWithValues: table.map { ($0.id, $0) })

  /// What is known about a model by its name: the exact id, then without a provider's prefix, without a `:tag`, without
  /// a date suffix. Nil when it is none of ours; it is never taken to be free.
  package static func entry(for name: String) -> Entry? {
    if let entry = entries[name] { return entry }
    var id = name[...]
    if let slash = id.lastIndex(of: "/") { id = id[id.index(after: slash)...] }
    if let entry = entries[String(id)] { return entry }
    if let colon = id.firstIndex(of: ":") { id = id[..<colon] }
    if let entry = entries[String(id)] { return entry }
    return withoutDate(id).flatMap { entries[String($0)] }
  }

  /// Without `-YYYY-MM-DD`, `-YYYYMMDD` or `-latest`; nil when there is none of them.
  private static func withoutDate(_ id: Substring) -> Substring? {
    if id.hasSuffix("-latest") { return id.dropLast(7) }
    let bytes = Array(id.utf8)
    for pattern in ["-0000-00-00", "-00000000"] {
      let form = Array(pattern.utf8)
      guard bytes.count > form.count else { continue }
      let fits = zip(bytes.suffix(form.count), form).allSatisfy { byte, sign in
        sign == UInt8(ascii: "0") ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == sign
      }
      if fits { return id.dropLast(form.count) }
    }
    return nil
  }
}
