package import SandboxCore
package import SandboxTools

/// The tools that an agent is offered: what the model sees, and which tool of the bus each name means.
package struct ToolOffer: Sendable {
  package let specifications: [ToolSpecification]
  package let toolIDs: [ToolID]
  /// Most tokens that the specifications can take in a prompt.
  let ceiling: Int
  private let byName: [String: ToolID]

  package static let none = ToolOffer([])

  /// - Parameter parameters: schemas to show instead of the definition's own, as with the ids of the agents there are.
  package init(_ definitions: [ToolDefinition], showing parameters: [ToolID: JSONValue] = [:]) {
    var specifications: [ToolSpecification] = []
    var byName: [String: ToolID] = [:]
    for definition in definitions {
      let name = Self.wireName(of: definition, besides: byName)
      byName[name] = definition.id
      let specification = ToolSpecification(
        name: name, description: definition.description, parameters: parameters[definition.id] ?? definition.parameters,
        category: definition.category)
      specifications.append(specification)
    }
    // A model may well use the id that it read in a listing instead of the name it was offered.
    for definition in definitions where byName[definition.id.rawValue] == nil {
      byName[definition.id.rawValue] = definition.id
    }
    self.specifications = specifications
    self.byName = byName
    ceiling = Self.ceiling(of: specifications)
    toolIDs = definitions.map(\.id)
  }

  /// The same tools without secrets in what is said about them.
  func redacted(by redactor: Redactor) -> ToolOffer {
    let clean = specifications.map { tool in
      ToolSpecification(
        name: tool.name, description: redactor.redact(tool.description), parameters: redactor.redact(tool.parameters),
        category: tool.category)
    }
    return ToolOffer(specifications: clean, of: self)
  }

  private init(specifications: [ToolSpecification], of offer: ToolOffer) {
    self.specifications = specifications
    toolIDs = offer.toolIDs
    byName = offer.byName
    ceiling = Self.ceiling(of: specifications)
  }

  private static func ceiling(of tools: [ToolSpecification]) -> Int {
    tools.isEmpty ? 0 : tools.reduce(PromptCeiling.toolPreamble) { $0 + PromptCeiling.tokens(of: $1) }
  }

  package func toolID(for name: String) -> ToolID? { byName[name] }

  /// Providers take names of 1 to 64 letters, digits, `_` and `-`, and each only once.
  private static func wireName(of definition: ToolDefinition, besides taken: [String: ToolID]) -> String {
    let bytes = definition.name.utf8.prefix(64).map { isAllowed($0) ? $0 : UInt8(ascii: "_") }
    let base = bytes.isEmpty ? "tool" : String(decoding: bytes, as: UTF8.self)
    var name = base
    var number = 2
    while taken[name] != nil {
      let suffix = "_\(number)"
      name = base.prefix(64 - suffix.utf8.count) + suffix
      number += 1
    }
    return name
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
