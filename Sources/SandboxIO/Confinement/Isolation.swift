import SandboxCore

/// What tools of this session are confined by, and the report of it.
package struct Isolation: Sendable {
  package let features: KernelFeatures
  package let report: IsolationReport

  /// For a program that runs no tools of others, as a test.
  package static let privilegesOnly = unconfined("tools are not confined")

  private static func unconfined(_ note: String) -> Isolation {
    Isolation(features: .none, report: IsolationReport(.none, denied: nil, note: note))
  }

  package init(features: KernelFeatures, report: IsolationReport) {
    self.features = features
    self.report = report
  }

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
    while true {
      do throws(SandboxError) {
        let denied = try await IsolationProbe.denied(by: Confinement(features), in: folder)
        return Isolation(features: features, report: IsolationReport(features, denied: denied))
      } catch {
        guard let refused = (error.cause as? ConfinementFailure)?.mechanism, features.remove(refused) else {
          return Isolation(
            features: features,
            report: IsolationReport(features, denied: nil, note: "no probe of the confinement: \(error.message)"))
        }
      }
    }
  }

  package func confinement(
    files: [FileRule], network: Confinement.Network, limits: ResourceLimits
  ) -> Confinement {
    var confinement = Confinement(features)
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
    }
  }
}
