internal import SandboxCore

/// A public function of a ``FakeConvex``: what it takes and what it does.
struct FakeConvexFunction {
  enum Effect { case configuration, sessionState, status, results }

  let kind: String
  let rule: ConvexRule
  let effect: Effect

  static func all(_ backend: FakeConvex.Backend) -> [String: FakeConvexFunction] { backend == .seed ? seed : origin }

  private static let types: Set<String> = ["document", "canvas", "analysis", "transcript"]

  private static let seed: [String: FakeConvexFunction] = [
    "sessions:getConfig": FakeConvexFunction(
      kind: "query", rule: .object(required: ["sessionId": .string]), effect: .configuration),
    "sessions:updateStatus": FakeConvexFunction(
      kind: "mutation",
      rule: .object(
        required: [
          "sessionId": .string,
          "status": .oneOf([
            "initializing", "loading_tools", "running", "paused", "completing", "completed", "failed", "cleanup",
          ]),
        ],
        optional: [
          "metadata": .object(
            required: [:],
            optional: [
              "startedAt": .number, "cancelledBy": .string, "reason": .string, "errorDetails": .string,
              "terminationReason": .string,
            ])
        ]),
      effect: .status),
    "sessions:syncResults": FakeConvexFunction(
      kind: "mutation",
      rule: .object(required: [
        "sessionId": .string,
        "artifacts": .array(
          .object(
            required: [
              "artifactId": .string, "type": .oneOf(types), "name": .string, "title": .string, "mediaType": .string,
              "size": .number, "sha256": .string, "metadata": .any, "generatedBy": .string,
            ],
            optional: ["content": .string, "contentBase64": .string])),
        "finalMetadata": .object(required: [
          "totalTokensUsed": .number, "totalCost": .number, "toolExecutions": .number, "toolErrors": .number,
          "duration": .number, "tasksCompleted": .number, "tasksFailed": .number,
        ]),
      ]),
      effect: .results),
  ]

  private static let origin: [String: FakeConvexFunction] = [
    "sessions:getSessionState": FakeConvexFunction(
      kind: "query", rule: .object(required: ["sessionId": .string]), effect: .sessionState),
    "sessions:updateSessionStatus": FakeConvexFunction(
      kind: "mutation",
      rule: .object(
        required: [
          "sessionId": .string,
          "status": .oneOf(["initializing", "loading_tools", "running", "completing", "completed", "failed"]),
        ],
        // Any metadata passes the validator, but it is merged into a row whose schema is closed.
        optional: [
          "metadata": .object(
            required: [:],
            optional: [
              "userRequest": .string, "totalTokensUsed": .number, "totalCost": .number, "errorDetails": .string,
            ])
        ]),
      effect: .status),
    "sessions:syncSessionResults": FakeConvexFunction(
      kind: "mutation",
      rule: .object(required: [
        "sessionId": .string,
        "artifacts": .array(
          .object(
            required: ["type": .oneOf(types), "title": .string, "content": .string, "metadata": .any],
            optional: ["affineDocId": .string])),
        "finalMetadata": .object(
          required: ["totalTokensUsed": .number, "totalCost": .number], optional: ["errorDetails": .string]),
      ]),
      effect: .results),
  ]

  /// Whether content, size and hash of an artifact belong together; the origin has them in `metadata`.
  static func contentProblem(in artifact: JSONValue) -> String? {
    let facts = artifact["sha256"] == nil ? artifact["metadata"] ?? .null : artifact
    let isBase64 = artifact["contentBase64"] != nil || facts["encoding"] == "base64"
    guard let text = (artifact["contentBase64"] ?? artifact["content"])?.stringValue else { return "no content" }
    guard let bytes = isBase64 ? decodeBase64(text) : Array(text.utf8) else { return "content is not base 64" }
    guard facts["size"]?.intValue == bytes.count else { return "size does not match content" }
    return facts["sha256"] == .string(SHA256.hex(bytes)) ? nil : "sha256 does not match content"
  }

  private static func decodeBase64(_ text: String) -> [UInt8]? {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    guard text.utf8.count.isMultiple(of: 4) else { return nil }
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in text.utf8 where byte != UInt8(ascii: "=") {
      guard let digit = alphabet.firstIndex(of: byte) else { return nil }
      bits = bits << 6 | UInt32(digit)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }
}
