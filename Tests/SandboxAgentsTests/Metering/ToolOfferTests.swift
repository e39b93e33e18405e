import SandboxAgents
import SandboxCore
import SandboxTools
import Testing

@Suite struct ToolOfferTests {
  private func definition(_ id: String, name: String) -> ToolDefinition {
    ToolDefinition(
      id: ToolID(id), name: name, description: "d", category: "research", parameters: ["type": "object"])
  }

  @Test func namesAreWhatProvidersTake() {
    let long = String(repeating: "n", count: 80)
    let offer = ToolOffer([
      definition("a.b", name: "a.b"), definition("a_b", name: "a_b"), definition("x", name: "find it"),
      definition("long1", name: long), definition("long2", name: long + "2"), definition("ü", name: "ü"),
    ])
    let names = offer.specifications.map(\.name)
    #expect(Set(names).count == 6)
    for name in names {
      #expect((1...64).contains(name.utf8.count))
      #expect(name.utf8.allSatisfy { $0 < 0x80 }, "\(name)")
    }
    #expect(names[0] == "a_b" && names[1] == "a_b_2" && names[2] == "find_it")
    #expect(offer.toolID(for: "a_b") == ToolID("a.b"))
    #expect(offer.toolID(for: "a_b_2") == ToolID("a_b"))
    #expect(offer.toolID(for: "a.b") == ToolID("a.b"))
    #expect(offer.toolID(for: "nobody") == nil)
    #expect(offer.toolIDs.count == 6)
  }
}
