import SandboxTestKit
import SandboxCore
import Testing

@Suite struct PlanTests {
  private static let known: Set<AgentID> = [AgentID("omega:research"), AgentID("omega:content")]

  private static func step(
    _ id: String, _ dependencies: [String] = [], agent: String = "omega:research", task: String = "do it",
    alternative: PlanStep.Alternative? = nil
  ) -> PlanStep {
    PlanStep(
      id: id, description: "", agentID: AgentID(agent), task: task, dependencies: dependencies, alternative: alternative
    )
  }

  static let table: [(name: String, steps: [PlanStep], problems: [String])] = [
    ("empty", [], ["the plan has no steps"]),
    ("one", [step("a")], []),
    ("diamond", [step("d", ["b", "c"]), step("b", ["a"]), step("c", ["a"]), step("a")], []),
    ("same dependency twice", [step("a"), step("b", ["a", "a"])], []),
    ("as many as allowed", (1...200).map { step("s\($0)", $0 > 1 ? ["s\($0 - 1)"] : []) }, []),
    ("too many", (1...201).map { step("s\($0)") }, ["the plan has 201 steps; at most 200 are allowed"]),
    ("no id", [step(""), step("a")], ["step 1 has no id"]),
    ("duplicate", [step("a"), step("a")], ["step id 'a' is used twice"]),
    ("missing", [step("a", ["z"])], ["step 'a' depends on 'z', which is not a step"]),
    ("itself", [step("a", ["a"])], ["step 'a' depends on itself"]),
    ("no task", [step("a", task: " \n\t")], ["step 'a' has no task"]),
    (
      "unknown agent", [step("a", agent: "nobody")],
      ["step 'a': Agent nobody not found; known agents: omega:content, omega:research"]
    ),
    (
      "unknown alternative", [step("a", alternative: .init(agentID: AgentID("plan-b"), task: "t"))],
      ["step 'a': Agent plan-b not found; known agents: omega:content, omega:research"]
    ),
    ("known alternative", [step("a", alternative: .init(agentID: AgentID("omega:content"), task: "t"))], []),
    ("two in a circle", [step("a", ["b"]), step("b", ["a"])], ["the steps a, b wait for each other in a cycle"]),
    (
      "a circle with a way in and a way out",
      [
        step("in"), step("x", ["z", "in"]), step("y", ["x"]), step("z", ["y"]), step("out", ["z"]),
        step("end", ["out"]),
      ],
      ["the steps x, y, z wait for each other in a cycle"]
    ),
    (
      "everything at once", [step("a", ["q", "a"], agent: "nobody", task: ""), step("a")],
      [
        "step id 'a' is used twice", "step 'a' has no task",
        "step 'a': Agent nobody not found; known agents: omega:content, omega:research",
        "step 'a' depends on 'q', which is not a step", "step 'a' depends on itself",
      ]
    ),
  ]

  @Test(arguments: table.indices) func saysEverythingThatIsWrong(row: Int) {
    let (name, steps, problems) = Self.table[row]
    let plan = Plan(id: "p", description: "", steps: steps)
    #expect(plan.problems(knownAgents: Self.known) == problems, "\(name)")
  }

  /// A plan whose steps depend only on earlier ones always runs; one more edge backwards along a path is always found.
  @Test func findsEveryCycleInRandomPlans() throws {
    var random = SeededGenerator(seed: 12)
    for round in 0..<300 {
      let count = Int.random(in: 2...60, using: &random)
      var dependencies = (0..<count).map { index in
        index == 0 ? [] : [Int.random(in: 0..<index, using: &random), Int.random(in: 0..<index, using: &random)]
      }
      func plan() -> Plan {
        Plan(
          id: "p", description: "",
          steps: dependencies.indices.map { index in Self.step("s\(index)", dependencies[index].map { "s\($0)" }) })
      }
      #expect(plan().problems(knownAgents: Self.known) == [], "round \(round)")
      let last = count - 1
      let ancestor = try #require(dependencies[last].randomElement(using: &random))
      dependencies[ancestor].append(last)
      let problems = plan().problems(knownAgents: Self.known)
      #expect(problems.count == 1, "round \(round)")
      #expect(problems.first?.contains("s\(last)") == true && problems.first?.contains("s\(ancestor)") == true)
    }
  }
}
