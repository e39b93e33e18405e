import SandboxCore

/// What tools of this session are confined by, and the report of it.
package struct Isolation: Sendable {
  package let features: KernelFeatures
  package let report: IsolationReport
  /// For the proxy of programs, when they have a network in which there is nothing else.
  package let proxySocket: ListeningSocket?

  /// For a program that runs no tools of others, as a test.
  package static let privilegesOnly = unconfined("tools are not confined")

  private static func unconfined(_ note: String) -> Isolation {
    Isolation(features: .none, report: IsolationReport(.none, denied: nil, notes: [note]))
  }

  package init(features: KernelFeatures, report: IsolationReport, proxySocket: ListeningSocket? = nil) {
    self.features = features
    self.report = report
    self.proxySocket = proxySocket
  }

  /// Whether a program that may use the proxy can be kept from everything else.
  package var canHoldToProxy: Bool { proxySocket != nil || features.canHoldToPort }

  /// Takes what the kernel offers, and has it tried by a probe. What cannot be applied after all is left out, and the
  /// level says so. Never throws: whether the level is enough is the caller's business.
  ///
  /// - Parameters:
  ///   - features: what may be used.
  ///   - folder: where the probe may have a folder for a moment.
  package static func establish(_ mode: IsolationMode, _ features: KernelFeatures, in folder: String) async -> Isolation
  {
    guard mode != .off else { return unconfined("AGENT_ISOLATION=off: tools are not confined") }
    var features = features
    var notes: [String] = []
    let groups = features.hasGroups ? try? ProcessGuard.makeGroups() : nil
    var socket: ListeningSocket?
    while true {
      do throws(SandboxError) {
        try ProcessGuard.setSystem(SystemPaths.rules, features)
        if features.hasNamespaces, socket == nil {
          socket = makeView(&features, &notes)
          if socket == nil { continue }
        }
        let denied = try await IsolationProbe.denied(by: Confinement(features), in: folder)
        return Isolation(
          features: features, report: IsolationReport(features, denied: denied, notes: notes, groups: groups ?? []),
          proxySocket: features.hasNamespaces ? socket : nil)
      } catch {
        if let refused = (error.cause as? ConfinementFailure)?.mechanism, features.remove(refused) {
          notes.append(error.message)
          continue
        }
        notes.append("no probe of the confinement: \(error.message)")
        return Isolation(features: features, report: IsolationReport(features, denied: nil, notes: notes))
      }
    }
  }

  private static func makeView(_ features: inout KernelFeatures, _ notes: inout [String]) -> ListeningSocket? {
    do throws(SandboxError) {
      return try ProcessGuard.makeView()
    } catch {
      features.hasNamespaces = false
      notes.append(error.message)
      return nil
    }
  }

  /// Prepares folders that every program will be granted to read, so that each of them starts faster. Also the others
  /// can see then what is in them.
  package func prepare(_ folders: [String]) {
    guard features.hasNamespaces else { return }
    // Without it the program's init does the same.
    try? ProcessGuard.show(folders.map { FileRule(.read, $0) })
  }

  package func confinement(
    files: [FileRule], network: Confinement.Network, limits: ResourceLimits
  ) -> Confinement {
    var confinement = Confinement(features)
    confinement.readsSystem = features != .none
    confinement.files = files
    confinement.network = network
    confinement.limits = limits
    return confinement
  }
}

extension Confinement {
  fileprivate init(_ features: KernelFeatures) {
    self.init(layers: features.layers, landlockVersion: features.landlockVersion)
  }
}

extension KernelFeatures {
  /// False when it was not there.
  fileprivate mutating func remove(_ mechanism: IsolationMechanism) -> Bool {
    switch mechanism {
    case .landlock:
      defer { landlockVersion = 0 }
      return landlockVersion > 0
    case .seccomp:
      defer { hasSeccomp = false }
      return hasSeccomp
    case .capabilities:
      defer { dropsCapabilities = false }
      return dropsCapabilities
    case .namespaces:
      defer { hasNamespaces = false }
      return hasNamespaces
    // Without them nothing is refused.
    case .cgroups: return false
    }
  }
}
