/// Who we are to a Convex deployment. Its description never shows the secret.
package enum ConvexCredential: Sendable, Hashable, CustomStringConvertible {
  /// Many functions accept nobody in particular.
  case anonymous
  /// A user's OIDC token.
  case token(String)
  /// A deploy or admin key, kept as it is: it contains a `|`.
  case deployKey(String)

  var authorization: String? {
    switch self {
    case .anonymous: nil
    case .token(let token): "Bearer \(token)"
    case .deployKey(let key): "Convex \(key)"
    }
  }

  /// `text` without the secret, which a proxy may have sent back to us in an error page.
  func redact(_ text: String) -> String {
    switch self {
    case .anonymous: text
    case .token(let secret), .deployKey(let secret):
      text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
    }
  }

  package var description: String {
    switch self {
    case .anonymous: "anonymous"
    case .token: "token ***"
    case .deployKey: "deploy key ***"
    }
  }
}
