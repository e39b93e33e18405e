package import SandboxCore

/// What is enforced, computed of what was applied and what the probe could not do. It never claims more.
package struct IsolationReport: Sendable, Hashable {
  package let level: IsolationLevel
  /// What would have to be there for the next level, or is worth knowing at the highest one.
  package let missing: [String]
  private let landlockVersion: Int
  private let hasSeccomp: Bool
  private let hasNamespaces: Bool
  private let groups: ProcessGuard.Controllers
  private let denied: Set<IsolationProbe.Attack>

  /// - Parameters:
  ///   - denied: nil when there was no probe, or it failed.
  ///   - notes: what could not be applied, and why there was no probe.
  ///   - groups: what control groups limit; the rest is looked at now and then.
  init(
    _ features: KernelFeatures, denied: Set<IsolationProbe.Attack>?, notes: [String] = [],
    groups: ProcessGuard.Controllers = []
  ) {
    self.groups = groups
    landlockVersion = features.landlockVersion
    hasSeccomp = features.hasSeccomp
    hasNamespaces = features.hasNamespaces
    self.denied = denied ?? []
    var missing = notes
    var isPartial = denied != nil
    var isStrong = isPartial
    for claim in Self.claims where !claim.attacks.isSubset(of: self.denied) {
      missing.append(claim.missing)
      if claim.level != nil { isStrong = false }
      if claim.level == .partial { isPartial = false }
    }
    if (1...2).contains(features.landlockVersion), !features.hasNamespaces {
      missing.append("Landlock 3 (kernel 6.2): a file that may be read can be truncated where the user may write it")
      isStrong = false
    }
    if denied?.contains(.signalRuntime) == true, features.landlockVersion < 6 {
      missing.append(
        "Landlock 6 (kernel 6.12): other processes of the same user can be signalled, but not the runtime, its guard "
          + "and the init of the program itself")
    }
    level = !isPartial ? .weak : isStrong ? .strong : .partial
    self.missing = missing
  }

  private struct Claim {
    let attacks: Set<IsolationProbe.Attack>
    /// The lowest level that needs it; nil when none does.
    let level: IsolationLevel?
    let missing: String
  }

  private static let claims = [
    Claim(
      attacks: [.read, .write], level: .strong,
      missing: "Landlock (kernel 5.13) or namespaces: files outside can be read and written"
    ),
    Claim(
      attacks: [.tcp, .udp, .unix, .netlink], level: .partial, missing: "seccomp: the network can be reached"),
    Claim(
      attacks: [.signalRuntime, .signalInit], level: .strong,
      missing: "seccomp or Landlock 6: the runtime and the tool's init can be signalled"),
    Claim(
      attacks: [.environ, .ptrace], level: .strong, missing: "Landlock and seccomp: the runtime can be looked into"),
    Claim(
      attacks: [.ioUring, .userNamespace], level: .strong, missing: "seccomp: the kernel's new parts can be reached"),
    Claim(
      attacks: [.capabilities, .newPrivileges], level: .partial, missing: "privileges: capabilities or setuid programs"),
    Claim(
      attacks: [.chmod], level: nil,
      missing: "namespaces: mode and times of the user's own files can be changed, not their content"),
  ]

  /// As `status.json` and `check` show it.
  package var json: JSONValue {
    [
      "level": .string(level.rawValue), "fs": .string(files), "net": .string(network), "caps": .string(capabilities),
      "signals": .string(signals), "uid": "same", "kill": .string(groups.isEmpty ? "tool-init" : "tool-init+cgroup"),
      "mem": .string(groups.contains(.memory) ? "cgroup" : "poll"),
      "pids": .string(groups.contains(.processes) ? "poll+cgroup" : "poll"),
      "env": "allow-list", "missing": .array(missing.map { .string($0) }),
    ]
  }

  /// In a few words, for the record of a call.
  package func summary(network: Confinement.Network) -> String {
    let reached =
      switch network {
      case .none: "none"
      case .proxy: "proxy"
      case .full: "full"
      }
    return "\(level.rawValue); fs=\(files), net=\(reached) by \(self.network), caps=\(capabilities)"
  }

  private static func joined(_ mechanisms: [String?]) -> String {
    let names = mechanisms.compactMap { $0 }
    return names.isEmpty ? "none" : names.joined(separator: "+")
  }

  private var files: String {
    guard denied.isSuperset(of: [.read, .write]) else { return "none" }
    return Self.joined([landlockVersion > 0 ? "landlock:\(landlockVersion)" : nil, hasNamespaces ? "mounts" : nil])
  }

  private var network: String {
    guard denied.isSuperset(of: [.tcp, .udp, .unix, .netlink]) else { return "none" }
    return Self.joined([
      hasSeccomp ? "seccomp" : nil, hasSeccomp && landlockVersion >= 4 ? "landlock" : nil,
      hasNamespaces ? "namespace" : nil,
    ])
  }

  private var capabilities: String { denied.contains(.capabilities) ? "dropped" : "kept" }

  private var signals: String {
    guard denied.isSuperset(of: [.signalRuntime, .signalInit]) else { return "none" }
    return landlockVersion >= 6 ? "landlock" : "seccomp"
  }
}
