internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import SandboxCore
internal import Synchronization

/// Reads a reply's body once, within its size limit.
final class HTTPResponseReader: Sendable {
  private let response: HTTPClientResponse
  private let maximumBytes: Int
  private let inflates: Bool
  private let watch: ExchangeWatch
  private let errors: HTTPErrorMapping
  private let isTaken = Atomic(false)

  init(
    _ response: HTTPClientResponse, maximumBytes: Int, inflates: Bool, _ watch: ExchangeWatch,
    _ errors: HTTPErrorMapping
  ) {
    self.response = response
    self.maximumBytes = maximumBytes
    self.inflates = inflates
    self.watch = watch
    self.errors = errors
  }

  /// - Throws: what can be known to go wrong before the body is read.
  func checkHead(isBodyless: Bool) throws(SandboxError) {
    guard !isBodyless else { return }
    let declared = response.headers.first(name: "Content-Length").flatMap { Int($0) }
    if let declared, declared > maximumBytes { throw errors.tooLarge(maximumBytes) }
    guard inflates, let encoding = response.headers.first(name: "Content-Encoding")?.lowercased() else { return }
    let isKnown = ["", "identity", "gzip", "deflate"].contains(encoding)
    guard isKnown, response.headers["Content-Encoding"].count == 1 else { throw errors.unknownEncoding(encoding) }
  }

  func next() -> HTTPBody.Next {
    guard !isTaken.exchange(true, ordering: .relaxed) else {
      return { () throws(SandboxError) in throw SandboxError(.invalidState, "the body of a reply can be read only once")
      }
    }
    var chunks = response.body.makeAsyncIterator()
    var received = 0
    return { [watch, errors, maximumBytes] () throws(SandboxError) in
      do {
        guard let chunk = try await watch.waiting({ try await chunks.next() }) else {
          // A cancelled exchange ends like a complete one.
          try Task.checkCancellation()
          return nil
        }
        guard chunk.readableBytes <= maximumBytes - received else { throw errors.tooLarge(maximumBytes) }
        received += chunk.readableBytes
        return Array(chunk.readableBytesView)
      } catch {
        throw errors.map(error, maximumBytes: maximumBytes)
      }
    }
  }
}
