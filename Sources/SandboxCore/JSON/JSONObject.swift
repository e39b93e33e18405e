/// The members of a JSON object in the order in which they were added.
///
/// Keys are told apart by their bytes. Lookup is linear in a small object and hashed in a large one. Two objects are
/// equal when they have equal members, in whatever order.
package struct JSONObject: Sendable {
  package typealias Element = (key: String, value: JSONValue)

  private(set) var members: [Element] = []
  /// Where each key is in ``members``; only kept for objects that are too large to search.
  private var positions: [JSONKey: Int]?

  private static let largestSearched = 16

  package init() {}

  /// A key that occurs twice takes the last value, at the place of the first.
  package init(_ members: some Sequence<(String, JSONValue)>) {
    for (key, value) in members { self[key] = value }
  }

  package var count: Int { members.count }
  package var isEmpty: Bool { members.isEmpty }
  package var keys: [String] { members.map(\.key) }
  package var values: [JSONValue] { members.map(\.value) }

  /// The value of `key`. Setting keeps the place of a key that is there and appends one that is not; setting Swift's
  /// `nil` removes the member (set `.null` for a JSON null).
  package subscript(key: String) -> JSONValue? {
    get { position(of: key).map { members[$0].value } }
    set {
      guard let newValue else {
        removeValue(forKey: key)
        return
      }
      if let position = position(of: key) {
        members[position].value = newValue
      } else {
        _ = appendIfNew(key, newValue)
      }
    }
  }

  /// Removes and returns the value of `key`; the others keep their order. Takes time in proportion to the object's
  /// size.
  @discardableResult
  package mutating func removeValue(forKey key: String) -> JSONValue? {
    guard let position = position(of: key) else { return nil }
    let value = members.remove(at: position).value
    positions = nil
    if members.count > Self.largestSearched { index() }
    return value
  }

  package func contains(key: String) -> Bool { position(of: key) != nil }

  /// Appends a member unless the key is there already, and says whether it did.
  mutating func appendIfNew(_ key: String, _ value: JSONValue) -> Bool {
    if positions != nil {
      if let position = positions?.updateValue(members.count, forKey: JSONKey(key)) {
        positions?[JSONKey(key)] = position
        return false
      }
      members.append((key, value))
      return true
    }
    guard position(of: key) == nil else { return false }
    members.append((key, value))
    if members.count > Self.largestSearched { index() }
    return true
  }

  mutating func reserveCapacity(_ capacity: Int) { members.reserveCapacity(capacity) }

  private func position(of key: String) -> Int? {
    if let positions { return positions[JSONKey(key)] }
    return members.firstIndex { $0.key.hasSameBytes(as: key) }
  }

  private mutating func index() {
    var positions: [JSONKey: Int] = [:]
    positions.reserveCapacity(members.count * 2)
    for (position, member) in members.enumerated() { positions[JSONKey(member.key)] = position }
    self.positions = positions
  }
}

extension JSONObject: Sequence {
  package func makeIterator() -> IndexingIterator<[Element]> { members.makeIterator() }
  package var underestimatedCount: Int { members.count }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

extension JSONObject: Hashable {
  package static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
  }

  package func hash(into hasher: inout Hasher) {
    // The order of members does not count, so their hashes are combined by an operation that does not see it either.
    var combined = 0
    for (key, value) in members {
      var member = Hasher()
      member.combine(JSONKey(key))
      member.combine(value)
      combined ^= member.finalize()
    }
    hasher.combine(members.count)
    hasher.combine(combined)
  }
}
