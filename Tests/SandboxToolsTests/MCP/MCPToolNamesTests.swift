import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct MCPToolNamesTests {
  @Test func namesBecomeIdsThatEveryModelTakes() {
    let ids = MCPToolNames.ids(of: ["plain", "with.dot", "ünïcode", "a b"], server: "srv.1")
    #expect(
      ids == ["plain": "srv_1__plain", "with.dot": "srv_1__with_dot", "ünïcode": "srv_1___n_code", "a b": "srv_1__a_b"])
  }

  @Test func namesThatWouldBeTheSameAreToldApartInAnyOrder() {
    let names = ["a.b", "a_b", "a b", "A_B", "x y", "x.y", "z", "Q", "q"]
    let ids = MCPToolNames.ids(of: names, server: "s")
    #expect(Set(ids.values.map { $0.lowercased() }).count == names.count)
    #expect(ids["z"] == "s__z")
    #expect(ids["q"] != "s__q" && ids["Q"] != "s__Q")
    #expect(MCPToolNames.ids(of: names.reversed(), server: "s") == ids)
    let exact = MCPToolNames.ids(of: ["a.b", "a_b"], server: "s")
    #expect(exact["a_b"] == "s__a_b")
    #expect(exact["a.b"]?.hasPrefix("s__a_b_") == true)
  }

  @Test func longNamesAreCutAndStayApart() {
    let long = String(repeating: "x", count: 200)
    let ids = MCPToolNames.ids(of: [long, long + "y", String(repeating: "z", count: 61)], server: "s")
    #expect(Set(ids.values).count == 3)
    for id in ids.values { #expect(id.utf8.count <= 64) }
    #expect(ids[String(repeating: "z", count: 61)] == "s__" + String(repeating: "z", count: 61))
  }
}
