import Glibc
import SandboxCore

/// A port that is listened on, and whose queue is full: a connection to it neither comes about nor is refused.
enum FullListener {
  static func run<Value>(_ body: (_ port: Int) async throws -> Value) async throws -> Value {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var sockets = [try open()]
    defer { for number in sockets { close(number) } }
    guard with(&address, { bind(sockets[0], $0, $1) }) == 0, listen(sockets[0], 0) == 0 else { throw failure("listen") }
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let named = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(sockets[0], $0, &length) }
    }
    guard named == 0 else { throw failure("getsockname") }
    for _ in 0..<8 {
      let number = try open()
      sockets.append(number)
      _ = with(&address) { connect(number, $0, $1) }
    }
    return try await body(Int(UInt16(bigEndian: address.sin_port)))
  }

  private static func open() throws -> Int32 {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { throw failure("socket") }
    return number
  }

  private static func with(
    _ address: inout sockaddr_in, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }

  private static func failure(_ call: String) -> SandboxError {
    SandboxError(.unavailable, "\(call): \(String(cString: strerror(errno)))")
  }
}
