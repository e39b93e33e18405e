import Glibc
import SandboxCore

/// A benchmark session: its script, and the environment that starts the program on it.
package struct Workload: Sendable {
  package enum Tool: Sendable { case builtin, subprocess }

  package let name: String
  package let script: String
  package let latency: Duration
  package let tool: Tool

  package init(_ name: String, script: String, latency: Duration = .zero, tool: Tool = .builtin) {
    self.name = name
    self.script = script
    self.latency = latency
    self.tool = tool
  }

  package static let w1 = Workload("W1", script: "text")
  package static let w2 = Workload("W2", script: "meta-team-20")
  package static let w2p = Workload("W2p", script: "meta-team-20", tool: .subprocess)
  package static func w3(_ agents: Int) -> Workload {
    Workload("W3-\(agents)", script: "meta-fan-\(agents)-5", latency: .milliseconds(50))
  }

  package var expected: (requests: Int, toolCalls: Int) {
    WorkloadScript.Role(script[...])?.expected ?? (0, 0)
  }

  /// Writes the manifests into `folder` and returns the environment of a supervisor.
  package func prepare(in folder: String, modelURL: String) throws -> [String: String] {
    mkdir("\(folder)/manifests", 0o700)
    for category in ["research", "content", "analytics"] {
      let path = "\(folder)/manifests/echo_\(category).json"
      guard let file = fopen(path, "w") else { throw SandboxError(.io, "cannot write \(path)") }
      fputs(manifest(category).text(.pretty), file)
      fclose(file)
    }
    return [
      "SESSION_ID": "bench", "USER_REQUEST": "Carry out the benchmark. [[bench:\(script)]]",
      "AGENT_MODEL": "openai/gpt-4o", "OPENAI_BASE_URL": modelURL, "OPENAI_API_KEY": "sk-bench",
      "AGENT_MANIFESTS": "\(folder)/manifests", "AGENT_STATE_DIR": "\(folder)/state",
      "AGENT_MAX_CONCURRENT_TOOLS": "1000", "AGENT_MAX_CONCURRENT_AGENTS": "2000", "AGENT_MAX_ITERATIONS": "200",
      "AGENT_CONTROL": "off", "LOG_LEVEL": "error",
    ]
  }

  private func manifest(_ category: String) -> JSONValue {
    var manifest: JSONObject = [
      "id": .string("echo_\(category)"), "name": .string("echo_\(category)"), "version": "1.0.0", "effect": "unsafe",
      "schema": [
        "description": .string("Echo a text (\(category))"),
        "parameters": ["type": "object", "properties": ["text": ["type": "string"]], "required": ["text"]],
      ],
      "metadata": ["category": .string(category)],
    ]
    switch tool {
    case .builtin:
      manifest["type"] = "builtin"
      manifest["builtin"] = "echo"
    case .subprocess:
      manifest["type"] = "command"
      manifest["command"] = ["argv": ["/bin/echo", "{text}"], "output": "text"]
    }
    return .object(manifest)
  }
}
