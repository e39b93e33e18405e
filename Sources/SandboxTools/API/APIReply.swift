import SandboxCore

/// What an API answered, read as the manifest says.
struct APIReply {
  /// The whole reply, when it is JSON.
  let document: JSONValue?
  /// The part that is the result.
  let result: JSONValue?
  private let text: String

  /// - Throws: `.invalidResponse` when it should be JSON and is not, or when the result's place is not there.
  init(_ reply: HTTPReply, _ expected: APISpec.Response, _ redactor: Redactor) throws(SandboxError) {
    let type = reply.header("Content-Type")?.lowercased() ?? ""
    let media = type.prefix { $0 != ";" }.filter { $0 != " " }
    let isJSON: Bool =
      switch expected.format {
      case .json: true
      case .text: false
      case .auto: media == "application/json" || media == "text/json" || media.hasSuffix("+json")
      }
    text = reply.text
    // A reply without content, as of 204.
    guard isJSON || expected.pointer != nil, !reply.body.isEmpty else {
      document = nil
      result = nil
      return
    }
    do throws(SandboxError) {
      document = try JSONValue(parsing: reply.body)
    } catch {
      let head = ToolText(reply.text, limit: 1024, redactor: redactor).text
      throw SandboxError(.invalidResponse, "the API was to answer in JSON: \(error.message). It begins: \(head)")
    }
    guard let pointer = expected.pointer, let document else {
      result = document
      return
    }
    guard let part = pointer.value(in: document) else {
      throw SandboxError(.invalidResponse, "the API's answer has nothing at \(pointer)")
    }
    result = part
  }

  var output: ToolOutput { result.map { ToolOutput(json: $0) } ?? ToolOutput(text: text) }
}
