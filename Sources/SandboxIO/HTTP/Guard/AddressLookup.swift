internal import Glibc
internal import SandboxCore

/// `getaddrinfo`.
enum AddressLookup {
  /// Blocks, for as long as name servers take.
  static func run(_ host: String) -> Result<[IPAddress], SandboxError> {
    let (addresses, code) = call(host, flags: 0)
    guard code == 0, !addresses.isEmpty else {
      let reason = code == 0 ? "it has no address" : String(cString: gai_strerror(code))
      return .failure(
        SandboxError(
          .unavailable, "the host name \(host.excerpt(80)) cannot be resolved: \(reason)",
          cause: HTTPFailure(reached: false), retry: .backoff))
    }
    return .success(addresses)
  }

  /// The address that a host is without asking anybody: in any of the spellings that the system understands, as
  /// `2130706433`, `0x7f.1` or `127.1`.
  static func numeric(_ host: String) -> IPAddress? { call(host, flags: AI_NUMERICHOST).addresses.first }

  private static func call(_ host: String, flags: Int32) -> (addresses: [IPAddress], code: Int32) {
    var hints = addrinfo()
    hints.ai_flags = flags
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    guard code == 0 else { return ([], code) }
    defer { freeaddrinfo(list) }
    var addresses: [IPAddress] = []
    var entry = list
    while let current = entry?.pointee {
      if let address = current.ai_addr.flatMap({ IPAddress($0) }), !addresses.contains(address) {
        addresses.append(address)
      }
      entry = current.ai_next
    }
    return (addresses, 0)
  }
}
