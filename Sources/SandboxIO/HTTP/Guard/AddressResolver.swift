package import SandboxCore

/// Finds the addresses of a host name.
package protocol AddressResolver: Sendable {
  /// - Returns: the addresses in the order in which they should be tried.
  /// - Throws: `.unavailable` when there is none or nobody answers, `.cancelled`.
  func addresses(of host: String) async throws(SandboxError) -> [IPAddress]
}
