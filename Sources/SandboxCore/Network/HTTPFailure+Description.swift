extension HTTPFailure: CustomStringConvertible {
  package var description: String {
    reached ? "the server may have acted on the request" : "the request did not reach the server"
  }
}
