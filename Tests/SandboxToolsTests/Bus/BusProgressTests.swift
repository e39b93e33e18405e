import SandboxCore
import Testing

@testable import SandboxTools

@Suite struct BusProgressTests {
  @Test func isAnnouncedOnceASecondAndTheRestIsCounted() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    let (isOpen, isFlooded) = (Counter(), Counter())
    try await fixture.add("t") { invocation in
      invocation.progress(ToolProgress(message: "begun\u{1b}[2J\n", progress: 1, total: 10))
      await eventually { isFlooded.value > 0 }
      for step in 0..<100_000 { invocation.progress(ToolProgress(message: "step \(step)", progress: Double(step))) }
      isFlooded.add()
      await eventually { isOpen.value > 0 }
      return ToolOutput(text: "done")
    }
    async let result = fixture.run("t", id: "c")
    await eventually { time.sleeping == [.seconds(1), .seconds(60)] }
    isFlooded.add()
    await eventually { isFlooded.value == 2 }
    #expect(await fixture.announcements("tool_progress").count == 1)
    time.advance(by: .seconds(1))
    await eventually { await fixture.announcements("tool_progress").count == 2 }
    isOpen.add()
    #expect(try await result.text == "done")
    #expect(
      await fixture.announcements("tool_progress") == [
        ["callId": "c", "toolId": "t", "message": "begun [2J ", "progress": 1.0, "total": 10.0],
        ["callId": "c", "toolId": "t", "message": "step 99999", "progress": 99999.0, "dropped": 99999],
      ])
    // Nothing is told of a call that has ended.
    #expect(await fixture.types().last == "tool_call_completed")
    #expect(time.sleeping.isEmpty)
  }

  @Test func nonsenseIsLeftOutAndBounded() async throws {
    let time = ManualTime()
    let fixture = try await BusFixture(time: time.source)
    try await fixture.add("t", traits: .untimed) { invocation in
      invocation.progress(
        ToolProgress(message: String(repeating: "x", count: 1 << 20), progress: .nan, total: .infinity))
      await eventually { !time.sleeping.isEmpty }
      return ToolOutput(text: "done")
    }
    try await fixture.run("t")
    let data = try #require(await fixture.announcements("tool_progress").first)
    #expect(data["progress"] == JSONValue?.none)
    #expect(data["total"] == JSONValue?.none)
    #expect((data["message"]?.stringValue?.utf8.count ?? 0) < 400)
  }

  /// An executor that reports while the journal is slow, and after its end, is never held up.
  @Test func reportsAfterTheEndGoNowhere() async throws {
    let fixture = try await BusFixture()
    let kept = Recorder<ToolInvocation>()
    try await fixture.add("t") { invocation in
      kept.append(invocation)
      return ToolOutput(text: "done")
    }
    try await fixture.run("t")
    for _ in 0..<1000 { kept.values.first?.progress(ToolProgress(message: "late")) }
    try await fixture.run("t", id: "2")
    #expect(await fixture.announcements("tool_progress").isEmpty)
  }
}
