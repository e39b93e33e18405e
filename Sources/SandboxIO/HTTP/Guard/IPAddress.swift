internal import Glibc

/// An IP address as a number. An IPv4 address that is wrapped in IPv6 (`::ffff:0:0/96`) is the IPv4 address: the kernel
/// connects to that. Scope ids are not kept.
package enum IPAddress: Sendable, Hashable {
  case v4(UInt32)
  case v6(UInt128)

  /// - Parameter text: in the usual spelling: four decimal numbers, or RFC 4291 without brackets and scope.
  package init?(_ text: String) {
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      self = .v4(UInt32(bigEndian: four.s_addr))
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      self = Self.unwrapped(withUnsafeBytes(of: &six) { Self.number($0) })
    } else {
      return nil
    }
  }

  /// Nil for an address family that is not IP.
  init?(_ address: UnsafePointer<sockaddr>) {
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET: self = .v4(UInt32(bigEndian: raw.load(as: sockaddr_in.self).sin_addr.s_addr))
    case AF_INET6:
      var bytes = raw.load(as: sockaddr_in6.self).sin6_addr
      self = Self.unwrapped(withUnsafeBytes(of: &bytes) { Self.number($0) })
    default: return nil
    }
  }

  package var isLoopback: Bool {
    switch self {
    case .v4(let number): number >> 24 == 127
    case .v6(let number): number == 1
    }
  }

  private static func unwrapped(_ number: UInt128) -> IPAddress {
    number >> 32 == 0xFFFF ? .v4(UInt32(truncatingIfNeeded: number)) : .v6(number)
  }

  private static func number(_ bytes: UnsafeRawBufferPointer) -> UInt128 {
    bytes.reduce(0) { $0 << 8 | UInt128($1) }
  }
}

extension IPAddress: CustomStringConvertible {
  /// The usual spelling, without brackets.
  package var description: String {
    switch self {
    case .v4(let number): "\(number >> 24).\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
    case .v6(let number): Self.text(number)
    }
  }

  private static func text(_ number: UInt128) -> String {
    var bytes = number.bigEndian
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
