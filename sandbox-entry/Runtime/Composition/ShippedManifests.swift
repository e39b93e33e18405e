import Glibc
import SandboxIO

/// Finds the manifests that ship with the program: beside the executable, in a prefix's `share`, or in the source tree
/// that it was built from.
enum ShippedManifests {
  static func path() -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    let executable = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    let folder = executable.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    let candidates = ["manifests", "../manifests", "../share/sandbox-entry/manifests", "../../../manifests"]
    return candidates.map { "\(folder)/\($0)" }.first { path in
      var info = stat()
      return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }.flatMap(RealPath.of)
  }
}
