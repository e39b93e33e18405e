/// The `Retry-After` header (RFC 9110, section 10.2.3) in the form in which services send it: a number of seconds, also
/// with a fraction.
package enum RetryAfter {
  /// What is asked for, or nil when the header is absent or is not a number of seconds that is 0 or more. A date is not
  /// understood on purpose: the wall clock of a sandbox that was restored from a snapshot is not to be trusted.
  ///
  /// More than a day is cut to a day.
  package static func delay(in reply: HTTPReply) -> Duration? {
    guard let text = reply.header("Retry-After"), text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2e }),
      let seconds = Double(text), seconds.isFinite
    else {
      return nil
    }
    return .milliseconds(Int64(min(seconds, 86_400) * 1000))
  }
}
