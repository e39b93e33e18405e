import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Odd surroundings")
struct SurroundingsTests {
  /// A session that must go well whatever it is started in.
  @Test(arguments: [
    "unset HOME; exec PROGRAM", "export HOME=/nowhere; exec PROGRAM", "unset PATH; exec PROGRAM",
    "export TMPDIR=/nowhere; exec PROGRAM", "export TZ=Nowhere/Land LANG=xx_YY.UTF-9 LC_ALL=C; exec PROGRAM",
    "mkdir gone && cd gone && rmdir ../gone && exec PROGRAM", "cd / && exec PROGRAM", "ulimit -n 64; exec PROGRAM",
    "umask 000; exec PROGRAM", "umask 777; exec PROGRAM", "ulimit -c unlimited; exec PROGRAM",
    "exec nice -n 19 PROGRAM",
    "ulimit -s 256; exec PROGRAM", "(sleep 0.01 & exec PROGRAM)", "trap '' HUP INT QUIT PIPE USR1; exec PROGRAM",
    "exec 3</dev/zero 4</etc/passwd 9<. ; exec PROGRAM", "export http_proxy= HTTPS_PROXY= NO_PROXY=; exec PROGRAM",
    "exec -a '' PROGRAM",
  ])
  func goesWell(line: String) async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer([
        .call("write_file", ["path": "a.txt", "content": "one two"]),
        .call("execute_tool", ["toolId": "word_count", "args": ["path": "a.txt"]]), .text("done"),
      ])
      try await model.run { url in
        let session = Session(in: folder, modelURL: url)
        let shell = line.contains("-a") ? "exec bash -c \"\(line)\"" : line
        let ended = try await session.run(shell: shell) { _ in }.ended
        #expect(ended.code == 0, "\(ended)")
        #expect(ended.errorLines.isEmpty, "\(ended)")
        #expect(session.result["answer"] == "done")
        #expect(Leftovers.processes(of: folder).isEmpty)
        try await session.expectConsistent(ended)
      }
    }
  }

  /// Files that may not grow, as on a full disk: 74 with one clear line, never a crash, and what was committed can be read.
  @Test(arguments: [1, 8, 64, 100, 200, 300, 500, 700, 1_000])
  func aFullDisk(blocks: Int) async throws {
    try await Folder.with { folder in
      let text = JSONValue.string(String(repeating: "All work and no play. ", count: 1_500))
      let model = ScriptedModelServer { request in
        request.number < 12
          ? .call("echo", ["text": text, "number": .int(Int64(request.number))], id: "c\(request.number)")
          : .text("done")
      }
      try await model.run { url in
        let session = Session(in: folder, modelURL: url)
        let (ended, process) = try await session.run(
          shell: "ulimit -f \(blocks); exec PROGRAM > /dev/null 2> '\(folder.path)/errors'"
        ) { _ in }
        _ = process
        #expect(ended.code == 74, "\(blocks): \(ended)")
        let errors = folder.text("errors").split(separator: "\n")
        #expect(
          blocks < 8
            || errors.contains { $0.contains(session.directory) || $0.contains("disk") || $0.contains("large") },
          "\(blocks): \(errors)")
        #expect(errors.count <= 6, "\(blocks): \(errors)")
        #expect(model.requestCount <= 12)
        #expect(Leftovers.processes(of: folder).isEmpty)
        guard folder.exists("state/sessions/s1/journal.db"), blocks >= 64 else { return }
        let records = try await session.journal()
        #expect(records.map(\.sequence) == Array(1...Int64(max(1, records.count))), "\(blocks)")
        // Nothing was announced that is not there: each request that was made has its intent in the journal.
        #expect(SessionState.fold(records).modelCalls.count >= model.requestCount, "\(blocks)")
      }
    }
  }

  /// The session's folder is taken away while it works: it says so and does not claim to be done.
  @Test func theFolderIsTakenAway() async throws {
    try await Folder.with { folder in
      let model = ScriptedModelServer { request in
        guard request.number == 0 else { return .text("done") }
        _ = rename("\(folder.path)/state/sessions/s1", "\(folder.path)/taken")
        return .call("echo", ["text": "x"])
      }
      try await model.run { url in
        let session = Session(in: folder, modelURL: url)
        let ended = try await session.finish()
        #expect(ended.code == 74, "\(ended)")
        #expect(!ended.errorLines.isEmpty && ended.errorLines.count <= 4, "\(ended)")
        #expect(ended.standardError.contains(session.directory), "\(ended)")
        let elsewhere = try await Session("taken", in: folder).journalAt("\(folder.path)/taken")
        #expect(SessionState.fold(elsewhere).tasks[.root] != nil, "what was done is kept")
      }
    }
  }
}

extension Session {
  fileprivate func journalAt(_ directory: String) async throws -> [EventRecord] {
    folder.makeFolder("state/sessions")
    guard rename(directory, self.directory) == 0 else { throw SandboxError(.io, "cannot move \(directory)") }
    return try await journal()
  }
}
