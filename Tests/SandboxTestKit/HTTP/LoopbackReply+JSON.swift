package import SandboxCore

extension LoopbackReply {
  package static func json(_ value: JSONValue, status: Int = 200) -> LoopbackReply {
    LoopbackReply(status: status, headers: [("Content-Type", "application/json")], body: value.utf8())
  }
}
