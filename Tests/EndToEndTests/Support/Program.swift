import Glibc
import SandboxCore
import SandboxTestKit

/// The built executable, beside the test bundle.
enum Program {
  static let path: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let runner = String(decoding: buffer[..<max(0, count)].map(UInt8.init(bitPattern:)), as: UTF8.self)
    return runner.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/sandbox-entry"
  }()

  /// The manifests that ship with it.
  static let manifests: String = {
    var source = #filePath.split(separator: "/")
    source.removeLast(4)
    return "/" + source.joined(separator: "/") + "/manifests"
  }()
}
