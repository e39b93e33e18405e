internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import SandboxCore

extension HTTPClientRequest {
  /// - Throws: `.invalidArgument` when method or headers would not be one line each: they could smuggle in others.
  init(validating request: HTTPRequest, url: HTTPURL) throws(SandboxError) {
    guard HTTPHeader.isToken(request.method) else {
      throw SandboxError(.invalidArgument, "\"\(request.method.excerpt(40))\" is not an HTTP method")
    }
    self.init(url: url.description)
    method = HTTPMethod(rawValue: request.method)
    for header in request.headers {
      guard HTTPHeader.isToken(header.name) else {
        throw SandboxError(.invalidArgument, "\"\(header.name.excerpt(40))\" is not the name of an HTTP header")
      }
      // The value is not shown: it may be a credential.
      guard header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
        throw SandboxError(.invalidArgument, "the value of the HTTP header \(header.name) has control characters")
      }
      headers.add(name: header.name, value: header.value)
    }
    if !request.body.isEmpty { body = .bytes(ByteBuffer(bytes: request.body)) }
  }
}
