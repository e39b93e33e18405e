import Glibc
import SandboxCore
import SandboxIO

/// The user's files and folders, under the names by which the session sees them.
enum Inputs {
  /// - Throws: `.invalidArgument` when two have the same name, `.notFound` when one is not there.
  static func named(_ paths: [String]) throws(SandboxError) -> [String: String] {
    var inputs: [String: String] = [:]
    for path in paths {
      guard let absolute = RealPath.of(path) else {
        throw SandboxError(.notFound, "input \(path): \(String(cString: strerror(errno)))")
      }
      let name = absolute.split(separator: "/").last.map(String.init) ?? "root"
      if let other = inputs[name], other != absolute {
        throw SandboxError(.invalidArgument, "inputs \(other) and \(absolute) have the same name; rename one")
      }
      inputs[name] = absolute
    }
    return inputs
  }
}
