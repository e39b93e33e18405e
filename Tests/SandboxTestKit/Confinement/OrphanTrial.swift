import Glibc
import SandboxCore
import Synchronization

/// A session whose tools all try to outlive it, ended in one of several ways, and what is left of them.
///
/// The tools are the twelve cases of `orphan-corpus`, one of them an MCP server. Each holds a lock on a file of the
/// workspace as long as any process of its tree is alive, so that survivors cannot be overlooked.
package struct OrphanTrial {
  package enum Ending: String, Sendable, CaseIterable {
    /// Each tool's own.
    case timeout
    /// Of the session's time, by which calls are cancelled.
    case cancel
    case terminate
    case killRuntime
    case killGuard
  }

  package struct Outcome: Sendable {
    /// Minus a signal when one ended it.
    package let code: Int32
    /// Cases of which a process was alive when the session had ended and two seconds were over.
    package let survivors: [String]
    /// From the end of what was ended to the end of the last process.
    package let took: Duration
  }

  package static let cases = [
    "double-fork", "setsid", "ignore-term", "held-stdout", "fork-loop", "fork-tree", "nested-shell", "stopped",
    "respawner", "pgid-hop", "vfork-chain", "mcp-server",
  ]
  private static let server = "mcp-server"

  private let executables: String
  private let folder: String

  /// - Parameters:
  ///   - executables: the folder with `sandbox-entry` and `orphan-corpus`.
  ///   - folder: an empty folder.
  package init(executables: String, folder: String) {
    self.executables = executables
    self.folder = folder
  }

  package func run(_ ending: Ending) async throws -> Outcome {
    let model = ScriptedModelServer { request in
      // A call may take a third of the session's time, so only one that is repeated is cut off by its end.
      guard request.number == 0 || ending == .cancel else { return .text("done") }
      return .toolCalls(
        Self.cases.map { name in
          let tool = name == Self.server ? "server__spin" : name
          return ScriptedModelReply.ToolCall(id: "\(name)-\(request.number)", name: tool)
        })
    }
    return try await model.run { url in
      let process = try LaunchedSession(
        executable: "\(executables)/sandbox-entry", environment: try environment(url, ending), folder: folder)
      do {
        return try await finish(process, ending)
      } catch {
        process.end()
        throw error
      }
    }
  }

  private func finish(_ process: LaunchedSession, _ ending: Ending) async throws -> Outcome {
    _ = try await wait(.seconds(20)) { process.runtime != nil }
    _ = try await wait(.seconds(60)) { Self.cases.allSatisfy { exists($0) } || process.runtime == nil }
    let missing = Self.cases.filter { !exists($0) }
    guard missing.isEmpty else {
      throw SandboxError(
        .internalError, "these never stood: \(missing.joined(separator: ", ")); \(process.standardError)")
    }
    switch ending {
    case .timeout, .cancel: break
    case .terminate: process.send(SIGTERM)
    case .killRuntime: if let runtime = process.runtime { kill(runtime, SIGKILL) }
    case .killGuard: process.send(SIGKILL)
    }
    let code = try await process.wait(upTo: .seconds(60))
    let start = TimeSource.system.monotonic()
    // Where somebody was left to end them, they are gone by now.
    let patience: Duration = ending == .killGuard ? .seconds(2) : .zero
    _ = try await wait(patience) { survivors.isEmpty }
    return Outcome(code: code, survivors: survivors, took: TimeSource.system.monotonic() - start)
  }

  // MARK: - Files

  private var workspace: String { "\(folder)/state/sessions/orphans/workspace" }

  private func exists(_ name: String) -> Bool {
    access("\(workspace)/\(name)\(name == Self.server ? ".call" : "")", F_OK) == 0
  }

  private var survivors: [String] {
    Self.cases.filter { name in
      let file = open("\(workspace)/\(name)", O_RDWR | O_CLOEXEC)
      guard file >= 0 else { return false }
      defer { close(file) }
      return flock(file, LOCK_EX | LOCK_NB) != 0
    }
  }

  private func wait(_ limit: Duration, _ condition: () -> Bool) async throws -> Bool {
    let deadline = Deadline(after: limit, time: .system)
    while !condition() {
      if deadline.hasPassed { return false }
      try await Task.sleep(for: .milliseconds(5))
    }
    return true
  }

  // MARK: - Configuration

  private func environment(_ url: String, _ ending: Ending) throws -> [String: String] {
    let manifests = JSONValue.array(Self.cases.map { manifest($0, ending) }).text(.pretty)
    let file = "\(folder)/manifests.json"
    guard let handle = fopen(file, "w") else { throw SandboxError(.io, "cannot write \(file)") }
    fputs(manifests, handle)
    fclose(handle)
    return [
      "SESSION_ID": "orphans", "AGENT_STATE_DIR": "\(folder)/state", "AGENT_MANIFESTS": file,
      "USER_REQUEST": "Try to stay.", "AGENT_MODEL": "openai/gpt-4o", "OPENAI_API_KEY": "sk-test",
      "OPENAI_BASE_URL": url, "AGENT_MAX_CONCURRENT_TOOLS": "16", "AGENT_TOOL_PATHS": executables,
      "AGENT_MAX_DURATION_MS": ending == .cancel ? "6000" : "120000",
    ]
  }

  private func manifest(_ name: String, _ ending: Ending) -> JSONValue {
    let argv: JSONValue = .array(
      ["\(executables)/orphan-corpus", name, "orphan-trial", "120", name].map { .string($0) })
    // Longer than it takes until all stand; the MCP server's call ends by the bus's time.
    let timeout: JSONValue = ending == .timeout ? 4_000 : 100_000
    var manifest: JSONObject = [
      "id": .string(name == Self.server ? "server" : name), "version": "1.0.0", "writes": ["."],
      "reads": [.string(executables)], "metadata": ["category": "execution"],
    ]
    if name == Self.server {
      manifest["type"] = "mcp"
      manifest["mcp"] = ["command": argv, "timeoutMs": timeout]
      manifest["tools"] = ["*"]
    } else {
      manifest["type"] = "command"
      manifest["schema"] = ["description": "Stays.", "parameters": ["type": "object"]]
      manifest["command"] = ["argv": argv, "timeoutMs": timeout]
    }
    return .object(manifest)
  }
}
