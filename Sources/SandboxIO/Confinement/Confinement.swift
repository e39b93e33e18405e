internal import CSandbox

/// What a child is kept from, as far as its kernel allows. A layer that is asked for and cannot be applied keeps the
/// child from starting.
package struct Confinement: Sendable, Hashable {
  package struct Layers: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    private init<Bit: BinaryInteger>(_ bit: Bit) { rawValue = UInt32(truncatingIfNeeded: bit) }

    /// No program gives it rights that it does not have.
    package static let noNewPrivileges = Layers(CSB_NO_NEW_PRIVILEGES)
    package static let dropCapabilities = Layers(CSB_DROP_CAPABILITIES)
    /// Files, TCP, signals and abstract sockets, as far as the version knows them.
    package static let landlock = Layers(CSB_LANDLOCK)
    package static let seccomp = Layers(CSB_SECCOMP)
    /// Mounts that show only what the rules for files name, networks, and System V objects.
    package static let namespaces = Layers(CSB_NAMESPACES)
  }

  package enum Network: Sendable, Hashable {
    case none
    /// Only to this port of 127.0.0.1.
    case proxy(port: Int)
    case full
  }

  package var layers: Layers
  /// The newest version of Landlock that may be used.
  package var landlockVersion: Int
  /// What it may do with files; everything else is forbidden. Counts only with Landlock or namespaces.
  package var files: [FileRule]
  /// Whether it may read what every program may, too, as the guard was told by ``Isolation/establish(_:_:in:)``.
  package var readsSystem = false
  package var network: Network
  package var limits: ResourceLimits

  /// Not confined, but for the privileges that setuid programs would give.
  package static let privilegesOnly = Confinement(layers: .noNewPrivileges)

  package init(
    layers: Layers, landlockVersion: Int = 0, files: [FileRule] = [], network: Network = .none,
    limits: ResourceLimits = .unlimited
  ) {
    self.layers = layers
    self.landlockVersion = landlockVersion
    self.files = files
    self.network = network
    self.limits = limits
  }
}
