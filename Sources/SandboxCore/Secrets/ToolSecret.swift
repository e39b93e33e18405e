/// A secret that a manifest may name: its value, and where it may be sent.
package struct ToolSecret: Sendable, Hashable {
  /// As manifests name it: what follows `TOOL_SECRET_`.
  package let name: String
  package let value: String
  package let bindings: [Binding]

  /// Where a secret may go. Without a binding it goes nowhere.
  package enum Binding: Sendable, Hashable {
    /// A host in lower case, on any port or on one.
    case host(String, port: Int?)
    /// Every host below a domain, written `*.example.com`; not the domain itself.
    case domain(String, port: Int?)
    /// The process of one tool, written `tool:ID`: it gets the value in its environment, and nobody can say where it
    /// takes it from there.
    case tool(String)
  }

  package init(name: String, value: String, bindings: [Binding]) {
    self.name = name
    self.value = value
    self.bindings = bindings
  }

  /// Whether the secret may be sent to a host, which is compared without regard to case.
  package func isBound(toHost host: String, port: Int) -> Bool {
    let host = host.lowercased()
    return bindings.contains { binding in
      switch binding {
      case .host(let name, let only): host == name && (only == nil || only == port)
      case .domain(let name, let only): host.hasSuffix(".\(name)") && (only == nil || only == port)
      case .tool: false
      }
    }
  }

  package func isBound(toTool id: String) -> Bool { bindings.contains(.tool(id)) }
}

extension ToolSecret: CustomStringConvertible {
  /// Never the value.
  package var description: String { "secret \(name)" }
}
