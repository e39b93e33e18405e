/// How a request gets to its server. AsyncHTTPClient has all of this for a client, not for a request, so there is a client
/// for each route.
struct HTTPRoute: Sendable, Hashable {
  /// The one address at which a host may be connected to.
  struct Pin: Sendable, Hashable {
    let host: String
    let address: IPAddress
  }

  var proxy: ProxySettings.Server?
  var pin: Pin?
  /// Replies are decompressed, up to so many bytes. Nil: they are not.
  var maximumInflated: Int?
}
