import SandboxCore
import Testing

/// Others shorten texts before they are cleared of secrets.
@Suite struct RedactorCutTests {
  private static let secret = "Zq7plainSecret4411xxLm0Wv9"
  private static let redactor = Redactor(secrets: [secret])

  @Test func whatIsLeftBeforeAnEllipsisIsHidden() {
    for count in 4..<Self.secret.count {
      let text = "it said: \(Self.secret.prefix(count))… and more"
      #expect(Self.redactor.redact(text) == "it said: [REDACTED]… and more", "\(count)")
      var stream = RedactingStream(Self.redactor)
      let output = text.utf8.flatMap { stream.push([$0]) } + stream.finish()
      #expect(String(decoding: output, as: UTF8.self) == "it said: [REDACTED]… and more", "\(count)")
    }
    let hexadecimal = Self.secret.utf8.map { String($0, radix: 16) }.joined()
    #expect(Self.redactor.redact("\(hexadecimal.prefix(30))…") == "[REDACTED]…")
    #expect(Self.redactor.redact("Zq7… and Zq7plain is one") == "Zq7… and Zq7plain is one")
  }

  @Test func mostOfOneAtTheEndIsHidden() {
    #expect(Self.redactor.redact("key \(Self.secret.prefix(20))") == "key [REDACTED]")
    #expect(Self.redactor.redact("key \(Self.secret.dropLast())") == "key [REDACTED]")
    #expect(Self.redactor.redact("key \(Self.secret.prefix(19))") == "key \(Self.secret.prefix(19))")
    #expect(Redactor(secrets: ["abcdefgh", Self.secret]).redact("abcdefg") == "abcdefg")
  }

  @Test func aLongerOneThatWasCutIsHiddenAsFarAsItGoes() {
    let redactor = Redactor(secrets: ["abcdefgh", "abcdefghijklmnopqrstuvwxyz"])
    #expect(redactor.redact("<abcdefghijkl…>") == "<[REDACTED]…>")
    #expect(redactor.redact("<abcdefghijkl>") == "<[REDACTED]ijkl>")
  }

  @Test func noPartIsLeftBesideAGap() {
    let text = Array(Array(repeating: Self.secret, count: 2_000).joined(separator: " ").utf8)
    for cut in 5_000..<5_030 {
      let before = String(decoding: Self.redactor.redact(beginning: Array(text[..<cut])), as: UTF8.self)
      let after = String(decoding: Self.redactor.redact(end: Array(text[cut...])), as: UTF8.self)
      for start in stride(from: 0, to: 21, by: 3) {
        let part = Self.secret.dropFirst(start).prefix(5)
        #expect(!before.contains(part) && !after.contains(part), "\(part) at \(cut)")
      }
      #expect(before.contains("[REDACTED]"))
    }
    #expect(Self.redactor.redact(beginning: Array("some text".utf8)).starts(with: "some t".utf8))
    #expect(Self.redactor.redact(end: Array("short".utf8)).isEmpty)
  }

  @Test(arguments: [64, 76], ["\n", "\r\n"])
  func linesOfBase64(_ width: Int, _ lineBreak: String) {
    let secret = (0..<20).map { "k\($0)-" }.joined()
    let encoded = Array(Base64.encode(Array("\(secret)\n".utf8)))
    let lines = stride(from: 0, to: encoded.count, by: width).map { start in
      String(encoded[start..<min(start + width, encoded.count)])
    }
    let clean = Redactor(secrets: [secret]).redact(lines.joined(separator: lineBreak))
    #expect(clean.hasPrefix("[REDACTED]") && clean.utf8.count < 20, "\(clean)")
  }

  /// A server that was sent `Basic` or `Bearer` credentials repeats a part of them.
  @Test func partsOfCredentials() {
    let basic = Redactor(secrets: ["admin:hunter2-Xy77Pq"])
    #expect(basic.redact("admin, hunter2-Xy77Pq") == "admin, [REDACTED]")
    #expect(basic.redact("YWRtaW46aHVudGVyMi1YeTc3UHE=") == "[REDACTED]")
    #expect(Redactor(secrets: ["admin:password"]).redact("a password") == "a password")
    #expect(Redactor(secrets: ["Bearer abcdefgh01234567"]).redact("abcdefgh01234567!") == "[REDACTED]!")
    #expect(Redactor(secrets: ["https://example.com:8443/x"]).redact("//example.com:8443/x") == "//example.com:8443/x")
  }

  @Test func bytesTakenForLatin1() {
    let redactor = Redactor(secrets: ["unié-sécret-xx"])
    #expect(redactor.redact("[uniÃ©-sÃ©cret-xx]") == "[[REDACTED]]")
  }
}
