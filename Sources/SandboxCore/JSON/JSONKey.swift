/// A key by its bytes: `String` itself takes canonically equivalent texts for one, which JSON does not.
package struct JSONKey: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func == (left: JSONKey, right: JSONKey) -> Bool { left.text.hasSameBytes(as: right.text) }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension String {
  func hasSameBytes(as other: String) -> Bool {
    // Different counts decide most cases and `==` nearly all others; both are cheaper than walking the bytes.
    utf8.count == other.utf8.count && self == other && utf8.elementsEqual(other.utf8)
  }
}
