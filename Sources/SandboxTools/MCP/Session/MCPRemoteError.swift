package import SandboxCore

/// A JSON-RPC error that an MCP server answered; the `cause` of what a request throws, inside a ``ToolFailure`` for
/// calls.
package struct MCPRemoteError: Error, Sendable, Hashable, CustomStringConvertible {
  package let code: Int
  /// As the server wrote it.
  package let message: String
  package let data: JSONValue?

  /// Codes by which a server shows that it speaks the revision without sessions.
  static let headerMismatch = -32020
  static let missingClientCapability = -32021
  static let unsupportedVersion = -32022
  static let methodNotFound = -32601

  init(_ error: JSONValue) {
    code = error["code"]?.intValue ?? 0
    message = error["message"]?.stringValue ?? ""
    data = error["data"]
  }

  package var description: String { "MCP error \(code): \(message.excerpt())" }

  var isModern: Bool {
    [Self.headerMismatch, Self.missingClientCapability, Self.unsupportedVersion].contains(code)
  }

  /// The error for a request of ours that was answered like this.
  func failure(of request: String, server: String) -> SandboxError {
    let (code, isBeforeEffect): (SandboxError.Code, Bool) =
      switch self.code {
      // Nothing ran for a message that could not be read or a method that is not there.
      case -32700, -32600, Self.methodNotFound: (.rejected, true)
      case -32602, -32042: (.rejected, false)
      case -32002: (.notFound, false)
      case Self.headerMismatch, Self.missingClientCapability, Self.unsupportedVersion: (.unsupported, true)
      default: (.unavailable, false)
      }
    return SandboxError(
      code, "the MCP server \(server) refused \(request): \(message.excerpt()) (code \(self.code))",
      cause: ToolFailure(isBeforeEffect: isBeforeEffect, cause: self), retry: code == .unavailable ? .backoff : .never)
  }
}

extension SandboxError {
  /// What the server answered, when this came of a JSON-RPC error.
  var remoteError: MCPRemoteError? { cause as? MCPRemoteError ?? toolFailure?.cause as? MCPRemoteError }
}
