import SandboxCore
import Testing

@Suite struct RedactorShapeTests {
  private static let alphanumeric = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0"

  static let keys = [
    "sk-ant-api03-\(alphanumeric)-_xyz", "sk-proj-\(alphanumeric)_ABC", "sk-or-v1-\(alphanumeric)",
    "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", "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE",
    "ghp_\(alphanumeric)", "gho_\(alphanumeric)", "ghs_\(alphanumeric)", "github_pat_11ABC\(alphanumeric)",
    "glpat-a1B2c3D4e5F6g7H8i9J0", "xoxb-123456789012-a1B2c3D4e5F6g7H8", "xoxp-123456789012-a1B2c3D4e5F6g7H8",
    "AIza" + alphanumeric.prefix(35), "hf_" + alphanumeric.prefix(34), "npm_" + alphanumeric.prefix(36),
    "sk_live_a1B2c3D4e5F6g7H8", "rk_live_a1B2c3D4e5F6g7H8",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
  ]

  private static func isSame(_ text: String, in pieces: Int) -> Bool {
    let bytes = Array(text.utf8)
    var stream = RedactingStream(.shapesOnly)
    var output: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      output += stream.push(bytes[start..<min(start + pieces, bytes.count)])
    }
    return output + stream.finish() == Redactor.shapesOnly.redact(bytes)
  }

  @Test(arguments: keys)
  func keysAreHiddenWhereverTheyStand(_ key: String) {
    for (before, after) in [
      ("", ""), ("key=", "\n"), ("\"", "\""), ("\\n", "\\n"), ("a%3D", "&x"), ("Bearer ", " and"), ("(", ")"),
    ] {
      let text = before + key + after
      #expect(Redactor.shapesOnly.redact(text) == "\(before)[REDACTED]\(after)")
      for size in [1, 2, 5, 17] { #expect(Self.isSame(text, in: size)) }
    }
    #expect(Redactor.shapesOnly.isClean("x" + key), "in the middle of a word it is something else")
    #expect(Redactor.shapesOnly.isClean(String(key.prefix(14))))
  }

  @Test func addressesKeepAllButThePassword() {
    let clean = [
      ("postgres://app:s3cr3t@db:5432/x", "postgres://app:[REDACTED]@db:5432/x"),
      ("redis://:p%40ss@10.0.0.1", "redis://:[REDACTED]@10.0.0.1"),
      ("https:\\/\\/u:p\\/q@h https:\\/\\/u:pq@h", "https:\\/\\/u:p\\/q@h https:\\/\\/u:[REDACTED]@h"),
      ("https://a.b/c?token=a1b2c3d4e5f6g7h8i9&x=1", "https://a.b/c?token=[REDACTED]&x=1"),
      ("https://a.b/?X-Amz-Signature=a1b2c3d4e5f6g7h8i9", "https://a.b/?X-Amz-Signature=[REDACTED]"),
      ("a&amp;api_key=a1b2c3d4e5f6g7h8i9\"", "a&amp;api_key=[REDACTED]\""),
    ]
    for (text, expected) in clean {
      #expect(Redactor.shapesOnly.redact(text) == expected)
      for size in 1...9 { #expect(Self.isSame(text, in: size)) }
    }
    for text in [
      "http://localhost:8080/a@b", "https://example.com:443/", "user@example.com", "http://[::1]:80/@x",
      "postgres://app:${PASSWORD}@db", "https://u:<password>@h", "https://a.b/?token=next&page=2",
      "https://a.b/?pageToken=a1b2c3d4e5f6g7h8i9", "https://a.b/?key=a1b2c3d4e5f6g7h8i9", "://:@h",
    ] {
      #expect(Redactor.shapesOnly.redact(text) == text)
    }
  }

  @Test func privateKeysAreHidden() {
    let body = (0..<20).map { _ in String(repeating: "aB3/+dEf", count: 8) }.joined(separator: "\n")
    for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"] {
      let head = label.hasPrefix("RSA") ? "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123ABCD\n\n" : ""
      let key = "-----BEGIN \(label)-----\n\(head)\(body)\n-----END \(label)-----"
      #expect(Redactor.shapesOnly.redact("x \(key)\ny") == "x [REDACTED]-----END \(label)-----\ny")
      let quoted = JSONValue.array([.string(key)]).text()
      #expect(Redactor.shapesOnly.redact(quoted) == "[\"[REDACTED]-----END \(label)-----\"]")
      let cut = JSONValue.object(["k": .string(JSONValue.string(String(key.dropLast(50))).text())]).text()
      #expect((try? JSONValue(parsing: Redactor.shapesOnly.redact(cut))) != nil)
      for size in [1, 2, 3, 64, 700] {
        #expect(Self.isSame(key, in: size))
        #expect(Self.isSame(quoted, in: size))
        #expect(Self.isSame(cut, in: size))
      }
    }
    let prose = "A file with -----BEGIN PRIVATE KEY----- in it, or -----BEGIN PUBLIC KEY-----\n\(body)"
    #expect(Redactor.shapesOnly.redact(prose) == prose)
  }

  /// Text that many shapes could begin in takes time in proportion to its length.
  @Test func hostileTextIsBounded() {
    for unit in [
      "eyJ", "eyJa.", "sk-proj-", "://a:", "?token=", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "%41ghp_",
      "\\nAKIA",
    ] {
      let text = String(repeating: unit, count: 60_000 / unit.utf8.count)
      let clean = Redactor.shapesOnly.redact(text)
      #expect(clean.utf8.count <= text.utf8.count + 20)
      #expect(Self.isSame(text, in: 997))
    }
  }

  @Test func aStreamHoldsBackLittle() {
    var stream = RedactingStream(.shapesOnly)
    let line = Array("building module 7 of 12\n".utf8)
    #expect(stream.push(line).count == line.count - 3)
    #expect(stream.finish().count == 3)
    let opening = Array("token ghp_abc".utf8)
    #expect(String(decoding: stream.push(opening), as: UTF8.self) == "token ")
    #expect(String(decoding: stream.finish(), as: UTF8.self) == "ghp_abc")
    #expect(Redactor(secrets: [String(repeating: "x1", count: 4_000)]).longest >= 8_000)
  }
}
