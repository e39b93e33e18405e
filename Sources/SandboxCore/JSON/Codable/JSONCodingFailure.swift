/// An error that already knows its place, on its way up through nested containers.
struct JSONCodingFailure: Error {
  let pointer: JSONPointer
  let error: SandboxError

  init(_ path: JSONCodingPath, _ problem: String) {
    self.pointer = path.pointer
    self.error = SandboxError(.invalidArgument, problem)
  }

  /// Gives `error` the place `path`, unless it has one.
  init(_ error: any Error, at path: JSONCodingPath) {
    switch error {
    case let failure as JSONCodingFailure: self = failure
    case let error as DecodingError:
      let context = error.context
      self.pointer = JSONPointer(tokens: (context?.codingPath ?? path.codingKeys).map(\.stringValue))
      self.error = SandboxError(.invalidArgument, Self.problem(error, context), cause: context?.underlyingError)
    case EncodingError.invalidValue(_, let context):
      self.pointer = JSONPointer(tokens: context.codingPath.map(\.stringValue))
      self.error = SandboxError(
        .invalidArgument, context.debugDescription.onOneLine, cause: context.underlyingError)
    default:
      self.pointer = path.pointer
      self.error = .wrap(error, as: .invalidArgument)
    }
  }

  /// The error with its place at the beginning of the message.
  var located: SandboxError {
    let place = pointer.tokens.isEmpty ? "(root)" : pointer.description.onOneLine
    return SandboxError(error.code, "\(place): \(error.message)", cause: error.cause, retry: error.retry)
  }

  private static func problem(_ error: DecodingError, _ context: DecodingError.Context?) -> String {
    switch error {
    case .keyNotFound(let key, _): "missing key \(key.stringValue.quotedForMessage)"
    default: (context?.debugDescription ?? String(describing: error)).onOneLine
    }
  }
}

extension DecodingError {
  fileprivate var context: Context? {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
      .dataCorrupted(let context):
      context
    @unknown default: nil
    }
  }
}
