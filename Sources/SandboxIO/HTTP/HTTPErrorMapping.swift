import Glibc
internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPCompression
internal import NIOPosix
internal import NIOSSL
internal import SandboxCore

/// Turns what AsyncHTTPClient and NIO throw into what callers decide on: did the request reach the server, and is trying
/// again worth while.
struct HTTPErrorMapping: Sendable {
  /// Named in every message; without path and query.
  let origin: String

  /// - Parameter maximumBytes: the limit of the reply.
  func map(_ error: any Error, maximumBytes: Int) -> SandboxError {
    switch error {
    case NIOHTTPDecompression.DecompressionError.limit: tooLarge(maximumBytes)
    case is NIOHTTPDecompression.DecompressionError, is NIOHTTPDecompression.ExtraDecompressionError:
      notHTTP("its body is not compressed as it says")
    default: map(error)
    }
  }

  private func map(_ error: any Error) -> SandboxError {
    switch error {
    case let error as SandboxError: error
    case is CancellationError: cancelled
    case let error as HTTPClientError: map(error)
    case let error as NIOConnectionError: map(error)
    case let error as ChannelError: map(error)
    case let error as IOError: map(error)
    case let error as NIOSSLError: map(error)
    case is BoringSSLError, is NIOSSLExtraError: untrusted(Self.reason(tls: error))
    case HTTPParserError.headerOverflow:
      SandboxError(
        .outputLimit, "the reply of \(origin) has more headers than are accepted", cause: HTTPFailure(reached: true))
    case HTTPParserError.invalidEOFState: cutOff("closed the connection")
    case is HTTPParserError: notHTTP(String(describing: error))
    default: cutOff(String(describing: error))
    }
  }

  func tooLarge(_ maximum: Int) -> SandboxError {
    SandboxError(
      .outputLimit, "the reply of \(origin) is larger than \(maximum) bytes", cause: HTTPFailure(reached: true))
  }

  func timedOut(after limit: Duration, reached: Bool) -> SandboxError {
    SandboxError(
      .timeout, "\(origin) gave no complete reply within \(limit)", cause: HTTPFailure(reached: reached),
      retry: .backoff)
  }

  func silent(for limit: Duration) -> SandboxError {
    SandboxError(
      .timeout, "\(origin) sent nothing for \(limit)", cause: HTTPFailure(reached: true), retry: .backoff)
  }

  func unknownEncoding(_ encoding: String) -> SandboxError {
    SandboxError(
      .invalidResponse, "the reply of \(origin) is encoded as \(encoding.excerpt(40)), which nobody asked for",
      cause: HTTPFailure(reached: true))
  }

  var shutDown: SandboxError {
    SandboxError(.unavailable, "the HTTP client has been shut down", cause: HTTPFailure(reached: false))
  }

  var cancelled: SandboxError {
    SandboxError(.cancelled, "the request to \(origin) was cancelled", cause: HTTPFailure(reached: true))
  }

  private func map(_ error: HTTPClientError) -> SandboxError {
    switch error {
    case .cancelled:
      Task.isCancelled
        ? cancelled
        : SandboxError(
          .unavailable, "the request to \(origin) ended with the HTTP client", cause: HTTPFailure(reached: true))
    case .alreadyShutdown: shutDown
    case .invalidURL, .emptyHost, .emptyScheme: SandboxError(.invalidArgument, "a URL for \(origin) is not valid")
    case .connectTimeout, .getConnectionFromPoolTimeout: notReached("cannot connect to \(origin)", "no answer in time")
    case .tlsHandshakeTimeout: notReached("cannot connect to \(origin)", "the TLS handshake took too long")
    case .httpProxyHandshakeTimeout: notReached("cannot connect to \(origin)", "the proxy gave no answer in time")
    case .invalidProxyResponse: notReached("cannot connect to \(origin)", "the proxy refused")
    case .proxyAuthenticationRequired:
      SandboxError(
        .unavailable, "cannot connect to \(origin): the proxy wants credentials; give them in its URL",
        cause: HTTPFailure(reached: false))
    case .remoteConnectionClosed: cutOff("closed the connection")
    default: cutOff(error.shortDescription)
    }
  }

  private func map(_ error: ChannelError) -> SandboxError {
    if case .connectTimeout = error { return notReached("cannot connect to \(origin)", "no answer in time") }
    return cutOff(String(describing: error))
  }

  private func map(_ error: IOError) -> SandboxError {
    switch error.errnoCode {
    case ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EMFILE, ENFILE, EADDRNOTAVAIL:
      notReached("cannot connect to \(origin)", Self.reason(error))
    default: cutOff(Self.reason(error))
    }
  }

  private func map(_ error: NIOSSLError) -> SandboxError {
    switch error {
    case .uncleanShutdown: cutOff("closed the connection")
    case .noSuchFilesystemObject, .failedToLoadCertificate:
      untrusted("the file of trusted certificates (SSL_CERT_FILE) cannot be read")
    default: untrusted(Self.reason(tls: error))
    }
  }

  private func map(_ error: NIOConnectionError) -> SandboxError {
    if let last = error.connectionErrors.last?.error {
      // Unreadable certificates show up here: they stop the connection from being set up.
      if last is NIOSSLError || last is BoringSSLError { return map(last) }
      if case ChannelError.connectTimeout = last {
        return notReached("cannot connect to \(origin)", "no answer in time")
      }
      let reason = (last as? IOError).map(Self.reason) ?? String(describing: last)
      return notReached("cannot connect to \(origin)", reason)
    }
    let isUnknown = error.dnsAError != nil || error.dnsAAAAError != nil
    let reason = isUnknown ? "the host name \(error.host) cannot be resolved" : "no address answered"
    return notReached("cannot connect to \(origin)", reason)
  }

  private func notReached(_ what: String, _ why: String) -> SandboxError {
    SandboxError(.unavailable, "\(what): \(why.excerpt())", cause: HTTPFailure(reached: false), retry: .backoff)
  }

  private func cutOff(_ why: String) -> SandboxError {
    SandboxError(
      .unavailable, "\(origin) gave no complete reply: \(why.excerpt())", cause: HTTPFailure(reached: true),
      retry: .backoff)
  }

  private func untrusted(_ why: String) -> SandboxError {
    SandboxError(
      .unavailable, "no trusted connection to \(origin): \(why.excerpt())", cause: HTTPFailure(reached: false))
  }

  private func notHTTP(_ why: String) -> SandboxError {
    SandboxError(
      .invalidResponse, "\(origin) did not answer in HTTP: \(why.excerpt())", cause: HTTPFailure(reached: true),
      retry: .backoff)
  }

  /// The system's own words, without the place in NIO where they were met.
  private static func reason(_ error: IOError) -> String { String(cString: strerror(error.errnoCode)) }

  /// Without the place in BoringSSL's sources, which tells a reader nothing.
  private static func reason(tls error: any Error) -> String {
    let text = String(describing: error)
    let kept = text.firstRange(of: " at /").map { String(text[..<$0.lowerBound]) } ?? text
    return "\(kept); is the certificate valid, and trusted here (SSL_CERT_FILE)?"
  }
}
