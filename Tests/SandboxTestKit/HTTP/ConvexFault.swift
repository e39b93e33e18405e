/// What goes wrong with one call to a ``FakeConvex``.
package enum ConvexFault: Sendable, Hashable {
  /// A system error without effect: `{"code", "message"}` with this status.
  case status(Int, code: String = "Overloaded", retryAfter: String? = nil)
  /// A failed function: an error envelope, with status 200 or 560.
  case failedFunction(status: Int = 200, data: String? = nil)
  /// The call is done, and its reply comes with status 560.
  case successAs560
  /// A proxy's error page.
  case html(Int)
  /// The call is done, and the connection closed without a reply.
  case dropAfterCommit
  /// The connection is closed before anything is done.
  case dropBefore
  /// The call is done, and half of the reply sent.
  case truncated
  /// The reply comes late.
  case slow(milliseconds: Int)
  /// There is never a reply, and nothing is done.
  case silence
}
