/// What becomes of a reply that points elsewhere. Only a transport that checks where it goes follows one; for the others,
/// and with ``none``, it is a reply like any other.
package enum HTTPRedirects: Sendable, Hashable {
  case none
  /// Followed to the same host, on any port; refused to another.
  case sameHost
  case follow
}
