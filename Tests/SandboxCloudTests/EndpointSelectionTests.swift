import SandboxCloud
import SandboxCore
import Testing

@Suite("Endpoint selection")
struct EndpointSelectionTests {
  private static func select(_ change: (inout EndpointSettings) -> Void) -> (EndpointSelection?, [SandboxError]) {
    var settings = EndpointSettings(stateDirectory: "/state")
    change(&settings)
    var problems: [SandboxError] = []
    let selection = EndpointSelection(settings, problems: &problems)
    return (selection, problems)
  }

  @Test("nothing said: a folder in the state directory")
  func fallback() {
    #expect(Self.select { _ in }.0 == .directory("/state/cloud"))
    #expect(
      Self.select {
        $0.convexURL = ""; $0.cloudURL = ""
      }.0 == .directory("/state/cloud"))
  }

  @Test(arguments: [("file:///a/b", "/a/b"), ("file://localhost/a", "/a"), ("FILE:///a", "/a")])
  func folder(url: String, path: String) { #expect(Self.select { $0.cloudURL = url }.0 == .directory(path)) }

  @Test("Convex with its credential and functions")
  func convex() throws {
    let (selection, problems) = Self.select {
      $0.convexURL = "https://name.convex.cloud//"
      $0.convexDeployKey = "prod:x|y"
      $0.convexFunctions = "origin"
    }
    #expect(problems.isEmpty)
    #expect(
      selection
        == .convex(
          try ConvexConfiguration(
            url: "https://name.convex.cloud", credential: .deployKey("prod:x|y"), functions: .origin)))
  }

  @Test(
    "what does not exist yet says so",
    arguments: ["https://collector.example/x", "http://collector.example", "s3://bucket/prefix"])
  func unsupported(url: String) {
    let (selection, problems) = Self.select { $0.cloudURL = url }
    #expect(selection == nil)
    #expect(problems.map(\.code) == [.unsupported])
    #expect(problems.first?.message.contains("not available in this version") == true)
  }

  @Test(
    "what is wrong",
    arguments: ["ftp://x", "nonsense", "file://host/x", "file:relative", "file://", "://"])
  func invalid(url: String) {
    let (selection, problems) = Self.select { $0.cloudURL = url }
    #expect(selection == nil)
    #expect(problems.map(\.code) == [.invalidArgument])
    #expect(problems.first?.message.contains("AGENT_CLOUD_URL") == true)
  }

  @Test(arguments: [
    "convex.cloud", "https://", "http:///x", "https://user:pw@host", "https://a b", "ftp://host", "https://host?x",
  ])
  func invalidConvex(url: String) {
    let (selection, problems) = Self.select { $0.convexURL = url }
    #expect(selection == nil)
    #expect(problems.first?.message.contains("CONVEX_URL") == true)
  }

  @Test("all problems at once, without secrets")
  func allProblems() {
    let (selection, problems) = Self.select {
      $0.convexURL = "nowhere"
      $0.cloudURL = "s3://x"
      $0.convexAuthToken = "secret-a"
      $0.convexDeployKey = "secret-b"
      $0.convexFunctions = "{"
    }
    #expect(selection == nil)
    #expect(problems.count == 5)
    #expect(problems.allSatisfy { !$0.message.contains("secret") && !$0.message.contains("\n") })
    #expect(
      Self.select {
        $0.convexURL = "https://x.y"; $0.convexAuthToken = "se\ncret"
      }.1.count == 1)
  }
}
