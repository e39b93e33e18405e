import Glibc
import SandboxCore
import SandboxIO
import Synchronization
import Testing

/// What a conversation's callbacks were told.
private final class Heard: Sendable {
  private let state = Mutex<(frames: [LineFramer.Frame], ends: [ConversationEnd])>(([], []))

  var lines: [String] {
    state.withLock { state in
      state.frames.map { if case .line(let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { "TOO LONG" } }
    }
  }
  var ends: [ConversationEnd] { state.withLock { $0.ends } }

  func start(
    _ spec: ProcessSpec, limits: ConversationLimits = ConversationLimits(closeGrace: .seconds(60))
  ) async throws -> ProcessConversation {
    try await ProcessConversation.start(
      spec, limits: limits, onLine: { frame in self.state.withLock { $0.frames.append(frame) } },
      onEnd: { end in self.state.withLock { $0.ends.append(end) } })
  }
}

@Suite struct ProcessConversationTests {
  private let brief = ConversationLimits(closeGrace: .milliseconds(50), terminationGrace: .milliseconds(50))

  @Test func linesGoToAndFroUntilItIsClosed() async throws {
    let heard = Heard()
    let conversation = try await heard.start(spec("/bin/cat"))
    for index in 0..<100 { try conversation.send(Array("line \(index)".utf8)) }
    #expect(try await eventually { heard.lines.count == 100 })
    #expect(heard.lines == (0..<100).map { "line \($0)" })
    #expect(conversation.end == nil)
    let end = await conversation.close()
    #expect(end == ConversationEnd(status: .exited(0), standardError: ""))
    #expect(heard.ends == [end])
    #expect(conversation.end == end)
    #expect(throws: SandboxError.self) { try conversation.send([0x61]) }
    #expect(await conversation.close() == end)
  }

  @Test func largeLinesPassBothWays() async throws {
    let heard = Heard()
    let conversation = try await heard.start(spec("/bin/cat"))
    let line = String(repeating: "x", count: 3_000_000)
    let position = try conversation.send(Array(line.utf8))
    #expect(position == 0)
    #expect(try await eventually { heard.lines == [line] })
    #expect(conversation.isWritten(position))
    #expect(!conversation.isWritten(3_000_001))
    await conversation.close()
  }

  @Test func theThreadHasRoomForTheDeepestMessage() async throws {
    let levels = JSONLimits.default.depth / 2
    let line = String(repeating: "[{\"a\":", count: levels) + "1" + String(repeating: "}]", count: levels)
    let parsed = Mutex<[Bool]>([])
    let conversation = try await ProcessConversation.start(
      spec("/bin/cat"),
      onLine: { frame in
        guard case .line(let bytes) = frame else { return }
        let isRead = (try? JSONValue(parsing: bytes)) != nil
        parsed.withLock { $0.append(isRead) }
      }, onEnd: { _ in })
    try conversation.send(Array(line.utf8))
    #expect(try await eventually { !parsed.withLock { $0.isEmpty } })
    #expect(parsed.withLock { $0 } == [true])
    await conversation.close()
  }

  @Test func whatAnEndingChildHasSaidIsDeliveredBeforeTheEnd() async throws {
    let heard = Heard()
    let conversation = try await heard.start(shell("echo one; echo two >&2; printf 'three\\nfour'; exit 7"))
    #expect(try await eventually { !heard.ends.isEmpty })
    #expect(heard.lines == ["one", "three"])
    #expect(heard.ends == [ConversationEnd(status: .exited(7), standardError: "two\n")])
    await conversation.close()
    #expect(heard.ends.count == 1)
  }

  @Test func aChildThatIgnoresEverythingIsKilledAfterBothGraces() async throws {
    let heard = Heard()
    let conversation = try await heard.start(
      shell("trap '' TERM; echo ready; while :; do sleep 0.01; done"), limits: brief)
    #expect(try await eventually { heard.lines == ["ready"] })
    let start = ContinuousClock.now
    let end = await conversation.close()
    #expect(end.status == .signaled(SIGKILL))
    #expect(ContinuousClock.now - start >= .milliseconds(100))
  }

  @Test func aChildThatOnlyIgnoresTheEndOfItsInputGetsSIGTERM() async throws {
    let heard = Heard()
    let conversation = try await heard.start(
      shell("trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.01; done"),
      limits: ConversationLimits(closeGrace: .milliseconds(50), terminationGrace: .seconds(60)))
    #expect(try await eventually { heard.lines == ["ready"] })
    #expect(await conversation.close().status == .exited(3))
    #expect(heard.lines == ["ready", "bye"])
  }

  @Test func descendantsGoWithTheChild() async throws {
    let heard = Heard()
    let conversation = try await heard.start(shell("sleep 1000 & echo $!; cat >/dev/null"))
    #expect(try await eventually { heard.lines.count == 1 })
    let pid = try #require(pid_t(heard.lines[0]))
    #expect(isAlive(pid))
    await conversation.close()
    #expect(try await eventually { !isAlive(pid) })
  }

  @Test func whatHasLeftTheSessionGoesWithTheChild() async throws {
    let heard = Heard()
    let conversation = try await heard.start(shell("setsid sh -c 'echo $$; exec sleep 1000' & cat >/dev/null"))
    #expect(try await eventually { heard.lines.count == 1 })
    let pid = try #require(pid_t(heard.lines[0]))
    await conversation.close()
    #expect(!isAlive(pid))
  }

  @Test func closingFromACancelledTaskEndsTheChildAllTheSame() async throws {
    let heard = Heard()
    let conversation = try await heard.start(spec("/bin/cat"))
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return await conversation.close()
    }
    task.cancel()
    #expect(await task.value.status == .exited(0))
  }

  @Test func oneThatIsDroppedIsEnded() async throws {
    let heard = Heard()
    do { _ = try await heard.start(spec("/bin/cat")) }
    #expect(try await eventually { !heard.ends.isEmpty })
    #expect(heard.ends.first?.status == .exited(0))
  }

  @Test func aChildThatDoesNotReadFillsTheQueueAndBlocksNobody() async throws {
    let heard = Heard()
    var limits = brief
    limits.queuedBytes = 1 << 20
    let conversation = try await heard.start(spec("/bin/sleep", "1000"), limits: limits)
    let chunk = [UInt8](repeating: 0x61, count: 100_000)
    var failure: SandboxError?
    for _ in 0..<100 where failure == nil {
      do throws(SandboxError) { try conversation.send(chunk) } catch { failure = error }
    }
    #expect(failure?.code == .unavailable)
    #expect(await conversation.close().status == .signaled(SIGTERM))
  }

  @Test func floodsOfErrorsAndOfTooLongLinesStayBounded() async throws {
    let heard = Heard()
    let conversation = try await heard.start(
      shell("head -c 20000000 /dev/zero >&2; head -c 20000000 /dev/zero; echo; echo after; echo last words >&2"),
      limits: ConversationLimits(lineBytes: 1000, errorTailBytes: 100))
    #expect(try await eventually { !heard.ends.isEmpty })
    #expect(heard.lines == ["TOO LONG", "after"])
    let said = try #require(heard.ends.first?.standardError)
    #expect(said.hasSuffix("last words\n"))
    #expect(said.utf8.count < 200)
    await conversation.close()
  }

  @Test func aChildThatClosesItsOutputIsEnded() async throws {
    let heard = Heard()
    let conversation = try await heard.start(shell("echo one; exec >&-; exec sleep 1000"), limits: brief)
    #expect(try await eventually { !heard.ends.isEmpty })
    #expect(heard.ends.first?.status == .signaled(SIGTERM))
    await conversation.close()
  }

  @Test func aChildThatClosesItsInputIsEndedByTheNextLine() async throws {
    let heard = Heard()
    let conversation = try await heard.start(shell("exec <&-; echo ready; exec sleep 1000"), limits: brief)
    #expect(try await eventually { heard.lines == ["ready"] })
    // A child that another test is just starting may hold the pipe for a moment; a later line finds it closed.
    let isEnded = try await eventually {
      _ = try? conversation.send([0x61])
      return !heard.ends.isEmpty
    }
    #expect(isEnded)
    await conversation.close()
  }

  @Test func whatCannotBeStartedSaysWhy() async throws {
    let heard = Heard()
    let error = await #expect(throws: SandboxError.self) { try await heard.start(spec("/nonexistent/program")) }
    #expect(error?.code == .notFound)
    #expect(heard.ends.isEmpty)
  }

  /// Other tests open descriptors and threads at the same time, but give them back: what is leaked stays.
  @Test func manyConversationsLeaveNoDescriptorsAndThreads() async throws {
    let before = (files: entries("/proc/self/fd"), threads: entries("/proc/self/task"))
    for _ in 0..<40 {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask {
            let conversation = try await Heard().start(spec("/bin/cat"))
            try conversation.send([0x61])
            await conversation.close()
          }
          group.addTask { _ = try? await Heard().start(spec("/nonexistent/program")) }
        }
        try await group.waitForAll()
      }
    }
    let isClean = try await eventually {
      entries("/proc/self/fd") < before.files + 300 && entries("/proc/self/task") < before.threads + 100
    }
    #expect(isClean, "320 conversations and as many failed starts")
  }
}

private func entries(_ path: String) -> Int {
  guard let folder = opendir(path) else { return -1 }
  defer { closedir(folder) }
  var count = 0
  while readdir(folder) != nil { count += 1 }
  return count
}
