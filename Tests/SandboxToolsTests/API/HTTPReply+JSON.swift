import SandboxCore

extension HTTPReply {
  static func json(_ value: JSONValue, status: Int = 200, headers: [HTTPHeader] = []) -> HTTPReply {
    HTTPReply(
      status: status, headers: [HTTPHeader("Content-Type", "application/json; charset=utf-8")] + headers,
      body: value.utf8(.compact))
  }
}
