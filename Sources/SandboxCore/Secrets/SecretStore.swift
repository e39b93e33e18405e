/// The secrets that tools may be granted, by name. Read once, from the environment; a manifest refers to them, and only
/// an executor that sends one looks at its value.
package struct SecretStore: Sendable {
  package static let empty = SecretStore([])

  private let secrets: [String: ToolSecret]

  package init(_ secrets: [ToolSecret]) {
    self.secrets = Dictionary(secrets.map { ($0.name, $0) }) { first, _ in first }
  }

  package subscript(name: String) -> ToolSecret? { secrets[name] }

  package var names: [String] { secrets.keys.sorted() }
}
