/// How a request proves who sends it: by a secret that the manifest names and the session's owner has granted.
package struct Credential: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// `Authorization: Bearer VALUE`
    case bearer
    /// The value in a header of its own, `X-API-Key` unless the manifest names another.
    case apiKey(header: String)
    /// The value in a query parameter.
    case queryKey(parameter: String)
    /// `Authorization: Basic`; the secret is `user:password`.
    case basic
    /// `Authorization: VALUE`, as some older manifests mean it.
    case raw
  }

  package let kind: Kind
  /// The secret's name without `TOOL_SECRET_`.
  package let secret: String

  package init(_ kind: Kind, secret: String) {
    self.kind = kind
    self.secret = secret
  }
}
