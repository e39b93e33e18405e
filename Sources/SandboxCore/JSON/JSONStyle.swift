/// How a ``JSONValue`` is written.
package enum JSONStyle: Sendable, Hashable {
  /// No spaces; members in their own order.
  case compact
  /// Two spaces a level, for people to read; members in their own order.
  case pretty
  /// No spaces; members sorted by the UTF-8 bytes of their keys. Equal values give equal bytes, so that they can be
  /// hashed.
  case canonical
}
