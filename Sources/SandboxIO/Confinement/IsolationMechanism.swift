/// A part of the kernel that confinement is made of.
package enum IsolationMechanism: String, Sendable, Hashable, CaseIterable {
  case landlock, seccomp, capabilities, namespaces, cgroups
}
