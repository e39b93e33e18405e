import SandboxCore

extension HTTPReply {
  init(_ status: Int, _ text: String, headers: [HTTPHeader] = []) {
    self.init(status: status, headers: headers, body: Array(text.utf8))
  }

  static let fine = HTTPReply(
    200,
    #"{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#
  )
}
