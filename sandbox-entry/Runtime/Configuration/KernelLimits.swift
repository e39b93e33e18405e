import SandboxCore
import SandboxIO

/// Mechanisms of the kernel that are left out as if they were not there (`AGENT_ISOLATION_WITHOUT`): for finding out how
/// tools fare on an older one, or when one is in a tool's way. The level of isolation says so.
struct KernelLimits: Sendable, Hashable {
  var without: Set<IsolationMechanism> = []
  var landlockVersion: Int?

  init() {}

  /// - Parameter text: names with commas; `landlock:2` allows Landlock up to that version.
  /// - Throws: `.invalidArgument` for a name that is not known.
  init(_ text: String) throws(SandboxError) {
    for name in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
      let parts = name.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0] == "landlock", let version = Int(parts[1]), (1...7).contains(version) {
        landlockVersion = version
      } else if let mechanism = IsolationMechanism(rawValue: String(name)) {
        without.insert(mechanism)
      } else {
        let known = IsolationMechanism.allCases.map(\.rawValue).joined(separator: ", ")
        throw SandboxError(
          .invalidArgument, "'\(String(name).shortened)' is not one of: \(known), landlock:1 to landlock:7")
      }
    }
  }

  var features: KernelFeatures { .detect(without: without, landlockVersion: landlockVersion) }
}
