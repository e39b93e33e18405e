import SandboxCore
import SandboxTestKit
import Testing

/// What is no secret comes through unchanged.
@Suite struct RedactorInnocentTests {
  private static let redactor = Redactor(secrets: Canary.all.map(\.text))

  private func expectUnchanged(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(Self.redactor.isClean(text), sourceLocation: sourceLocation)
    #expect(Self.redactor.redact(text) == text, sourceLocation: sourceLocation)
  }

  @Test func hashesAndIdentifiers() {
    var random = SeededGenerator(seed: 21)
    func digits(_ count: Int) -> String {
      (0..<count).map { _ in String(Int.random(in: 0..<16, using: &random), radix: 16) }.joined()
    }
    for _ in 0..<300 {
      expectUnchanged("commit \(digits(40))\nsha256:\(digits(64)) index \(digits(7))..\(digits(7))")
      expectUnchanged("\(digits(8))-\(digits(4))-\(digits(4))-\(digits(4))-\(digits(12))")
    }
  }

  @Test func imagesInBase64() {
    var random = SeededGenerator(seed: 22)
    let bytes = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let image = Base64.encode(bytes)
    expectUnchanged("data:image/png;base64,\(image)")
    expectUnchanged(String(image.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }))
    #expect(Self.redactor.redact(bytes) == bytes, "as binary, too")
  }

  @Test func programs() {
    let names = ["risk-admin-dashboard-overview-page-number-one", "sk-proj-layout-grid-column-wide-header-row-label"]
    let script =
      "!function(e,t){\"use strict\";var n=e.sk_live?t:{},r=n.hf_x||n[\"npm_config\"];return ghp_=r(/eyJ/.test(e)),"
      + "t.url=\"http://\"+location.host+\":\"+n.port+\"/@\"+e,t?token:AIza}(this,document);"
    expectUnchanged(String(repeating: script, count: 50))
    expectUnchanged(names.map { "<div class=\"\($0)\">" }.joined())
    expectUnchanged("| --- | ------- |\n----------\n-----BEGIN CERTIFICATE-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8\n")
    expectUnchanged("GET /search?q=token&page=2 HTTP/1.1\nHost: a.com:8080\nETag: \"33a64df551425fcc55e4d42a1487\"")
  }

  @Test func bytesThatAreNoText() {
    let bytes = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 167) }
    #expect(Self.redactor.redact(bytes) == bytes)
    let secret = Array(Canary.all[0].text.utf8)
    let binary: [UInt8] = [0xFF, 0xD8, 0] + secret + [0xFE, 0]
    #expect(Self.redactor.redact(binary) == [0xFF, 0xD8, 0] + Array("[REDACTED]".utf8) + [0xFE, 0])
    for bytes in [[], [0x41], [0xF0, 0x9F]] as [[UInt8]] { #expect(Self.redactor.redact(bytes) == bytes) }
  }

  @Test func valuesOfJSON() {
    let redactor = Redactor(secrets: ["1234567890123", "secretkey", "0.1234567"])
    let value: JSONValue = [
      "n": 1_234_567_890_123, "d": .double(0.1234567), "long": .decimal("99123456789012399"), "secretkey": 1,
      "xsecretkey": 2, "[REDACTED]": 3, "deep": [[["secretkey": [nil, true, 12_345_678]]]],
    ]
    let clean: JSONValue = [
      "n": "[REDACTED]", "d": "[REDACTED]", "long": "99[REDACTED]99", "[REDACTED]": 1, "x[REDACTED]": 2,
      "[REDACTED] 2": 3, "deep": [[["[REDACTED]": [nil, true, 12_345_678]]]],
    ]
    #expect(redactor.redact(value) == clean)
    #expect(!redactor.isClean(value) && redactor.isClean(["a": [1, "b", nil]]))
  }

  /// Each level is looked through once.
  @Test func deepValuesTakeNoLonger() {
    let redactor = Redactor(secrets: ["secretkey"])
    var value: JSONValue = "secretkey"
    for _ in 0..<200 { value = ["k": value] }
    var clean = redactor.redact(value)
    for _ in 0..<200 { clean = clean["k"] ?? .null }
    #expect(clean == "[REDACTED]")
    #expect(redactor.hits == 1)
  }
}
