internal import CSandbox

/// What this kernel, as we are allowed to use it, offers for confining children.
package struct KernelFeatures: Sendable, Hashable {
  /// 0 when there is no Landlock.
  package var landlockVersion: Int
  package var hasSeccomp: Bool
  package var dropsCapabilities = true
  // These may be tried: only trying tells.
  package var hasNamespaces = true
  package var hasGroups = true

  package static let none = KernelFeatures(
    landlockVersion: 0, hasSeccomp: false, dropsCapabilities: false, hasNamespaces: false, hasGroups: false)

  /// Whether a program that may use one port can be kept from all others in a network that it shares with others.
  package var canHoldToPort: Bool { landlockVersion >= 4 && hasSeccomp }

  /// - Parameters:
  ///   - without: what is left out as if the kernel had it not.
  ///   - landlockVersion: the newest that may be used.
  package static func detect(
    without: Set<IsolationMechanism> = [], landlockVersion newest: Int? = nil
  ) -> KernelFeatures {
    let known = 7
    let found = without.contains(.landlock) ? 0 : Int(csb_landlock_abi())
    return KernelFeatures(
      landlockVersion: min(found, newest ?? known, known),
      hasSeccomp: !without.contains(.seccomp) && csb_has_seccomp(),
      dropsCapabilities: !without.contains(.capabilities), hasNamespaces: !without.contains(.namespaces),
      hasGroups: !without.contains(.cgroups))
  }

  package var layers: Confinement.Layers {
    var layers: Confinement.Layers = .noNewPrivileges
    if dropsCapabilities { layers.insert(.dropCapabilities) }
    if landlockVersion > 0 { layers.insert(.landlock) }
    if hasSeccomp { layers.insert(.seccomp) }
    if hasNamespaces { layers.insert(.namespaces) }
    return layers
  }
}
