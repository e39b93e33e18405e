import SandboxControl
import SandboxCore
import Testing

@Suite struct ViewModelTests {
  private static func step(_ id: String) -> PlanStep {
    PlanStep(id: id, description: id == "c" ? "" : "about \(id)", agentID: AgentID("omega:x"), task: "do \(id)")
  }

  @Test func takesWhatIsShownFromTheState() {
    var events = Events()
    events.begin(cost: 500, tokens: 1_000)
    events.task("root", agent: "meta", "the request")
    events.add(
      .planCreated(
        PlanCreated(plan: Plan(id: "p", description: "old", steps: [Self.step("z")]), taskID: .root)),
      .planCreated(
        PlanCreated(
          plan: Plan(id: "p", description: "new", steps: ["a", "b", "c", "d"].map(Self.step)), taskID: .root)))
    events.task("root.1", agent: "omega:x", "do a", step: "a")
    events.finish("root.1", .completed)
    events.task("root.2", agent: "omega:x", "do b", step: "b")
    events.finish("root.2", .failed)
    events.task("root.3", agent: "omega:y", "do b otherwise", step: "b")
    events.task("root.4", agent: "omega:x", "do d", step: "d")
    events.finish("root.4", .failed)
    for number in 0..<10 {
      events.call("c\(number)", "tool-\(number)", ["n": .int(Int64(number))], reserving: 20)
      if number < 7 {
        events.complete("c\(number)", number == 5 ? .failed : .completed, cost: 10, error: number == 5 ? "bad" : nil)
      }
    }
    let model = ViewModel(events.state, elapsed: .seconds(3))
    #expect(model.session == "s-1" && model.phase == .running && model.stop == nil)
    #expect(model.planDescription == "new")
    #expect(model.steps.map(\.status) == [.completed, .running, .pending, .failed])
    #expect(model.steps.map(\.title) == ["about a", "about b", "do c", "about d"])
    #expect(model.agents.map(\.name) == ["meta", "omega:y"])
    #expect(model.agents.map(\.step) == [1, 1])
    #expect([model.toolsRunning, model.toolsFinished, model.toolsFailed] == [3, 7, 1])
    #expect(model.calls.map(\.tool) == (2..<10).map { "tool-\($0)" })
    #expect(model.calls[3] == .init(tool: "tool-5", detail: "bad", status: .failed, duration: .milliseconds(1_234)))
    #expect(model.calls[7] == .init(tool: "tool-9", detail: #"{"n":9}"#, status: .executing))
    #expect(
      model.spend.parts == ["$0.000070 of $0.000500 (+$0.000060 in flight)", "0 of 1,000 tokens", "0:03 of 30:00"])
  }

  @Test func aLongPromptIsNotCarriedAround() {
    var events = Events()
    events.task("root", agent: "meta", String(repeating: "x", count: 100_000))
    #expect(ViewModel(events.state, elapsed: .zero).agents[0].task.count == 300)
  }
}
