import SandboxCloud
import SandboxCore
import Testing

@Suite("CONVEX_FUNCTIONS")
struct ConvexFunctionsTests {
  @Test(arguments: ["seed", "\"seed\"", "{}", #"{"preset":"seed"}"#])
  func seed(text: String) throws { #expect(try ConvexFunctions(parsing: text) == .seed) }

  @Test(arguments: ["origin", "\"origin\"", #"{"preset":"origin"}"#])
  func origin(text: String) throws { #expect(try ConvexFunctions(parsing: text) == .origin) }

  @Test(
    "names as code spells them become paths",
    arguments: [
      ("api.sessions.setStatus", "sessions:setStatus"), ("internal.x.y", "x:y"),
      ("api.agents.tools.list", "agents/tools:list"),
      ("sessions.setStatus", "sessions:setStatus"), ("sessions:setStatus", "sessions:setStatus"),
      ("a/b:default", "a/b:default"),
    ])
  func names(name: String, path: String) throws {
    #expect(try ConvexFunctions(parsing: #"{"updateStatus":"\#(name)"}"#).updateStatus == path)
    #expect(try ConvexFunctions(parsing: #"{"sessions.updateStatus":"\#(name)"}"#).updateStatus == path)
    #expect(try ConvexFunctions(parsing: #"{"sessions:updateStatus":"\#(name)"}"#).getConfig == "sessions:getConfig")
  }

  @Test(
    arguments: [
      "", "other", "[]", "1", "{", #"{"preset":"other"}"#, #"{"preset":1}"#, #"{"updateStatus":""}"#,
      #"{"updateStatus":"x"}"#,
      #"{"updateStatus":"ä:b"}"#, #"{"updateStatus":1}"#, #"{"unknown":"a:b"}"#,
      #"{"updateStatus":"a:b","updateStatus":"a:c"}"#,
    ])
  func invalid(text: String) {
    let error = #expect(throws: SandboxError.self) { try ConvexFunctions(parsing: text) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains("CONVEX_FUNCTIONS") == true)
  }
}
