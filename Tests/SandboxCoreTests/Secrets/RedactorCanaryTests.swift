import SandboxCore
import SandboxTestKit
import Testing

@Suite struct RedactorCanaryTests {
  private static let redactor = Redactor(secrets: Canary.all.map(\.text))

  private static func stream(_ pieces: some Sequence<ArraySlice<UInt8>>) -> [UInt8] {
    var stream = RedactingStream(redactor)
    var output: [UInt8] = []
    for piece in pieces { output += stream.push(piece) }
    return output + stream.finish()
  }

  @Test(arguments: Canary.Encoding.allCases)
  func noneIsLeftInAnyEncoding(_ encoding: Canary.Encoding) {
    #expect(Canary.all.count == 50)
    for canary in Canary.all {
      for sample in canary.samples(encoding) {
        let clean = Self.redactor.redact(sample.text)
        #expect(clean == sample.clean, "\(String(decoding: clean, as: UTF8.self)) for \(canary.text)")
        #expect(clean.firstRange(of: sample.forbidden) == nil)
        let text = String(decoding: sample.text, as: UTF8.self)
        #expect(Array(Self.redactor.redact(text).utf8) == sample.clean)
        #expect(!Self.redactor.isClean(text))
      }
    }
  }

  @Test(arguments: Canary.Encoding.allCases)
  func noneIsLeftWhereverTheStreamIsCut(_ encoding: Canary.Encoding) {
    for (index, canary) in Canary.all.enumerated() {
      let samples = canary.samples(encoding)
      let sample = samples[index % samples.count]
      let wrong = (0...sample.text.count).filter { cut in
        Self.stream([sample.text[..<cut], sample.text[cut...]]) != sample.clean
      }
      #expect(wrong.isEmpty, "cut at \(wrong): \(encoding) of \(canary.text)")
    }
  }

  @Test func noneIsLeftInManyPieces() {
    var random = SeededGenerator(seed: 11)
    let samples = Canary.all.flatMap { Canary.Encoding.allCases.flatMap($0.samples) }.shuffled(using: &random)
    let text = samples.flatMap(\.text)
    let clean = samples.flatMap(\.clean)
    #expect(Self.redactor.redact(text) == clean)
    for largest in [1, 2, 3, 7, 40, 400] {
      var pieces: [ArraySlice<UInt8>] = []
      var rest = text[...]
      while !rest.isEmpty {
        let count = Int.random(in: 0...largest, using: &random)
        pieces.append(rest.prefix(count))
        rest = rest.dropFirst(count)
      }
      #expect(Self.stream(pieces) == clean, "pieces of at most \(largest)")
    }
  }

  @Test func jsonStaysJSON() throws {
    for canary in Canary.all {
      let value: JSONValue = [
        "a": .string("x\(canary.text)y"), canary.text: [1, .string(canary.text)], "n": .double(1.5),
      ]
      for style in [JSONStyle.compact, .pretty] {
        let text = Self.redactor.redact(value.text(style))
        let clean: JSONValue = ["a": "x[REDACTED]y", "[REDACTED]": [1, "[REDACTED]"], "n": .double(1.5)]
        #expect(try JSONValue(parsing: text) == clean, "\(text)")
        // JSON in JSON.
        let outer = Self.redactor.redact(JSONValue.object(["t": .string(value.text(style))]).text())
        let inner = try JSONValue(parsing: outer)["t"]?.stringValue ?? ""
        #expect(try JSONValue(parsing: inner) == clean, "\(outer)")
        #expect(Self.redactor.redact(value) == clean)
      }
    }
  }

  @Test func overlappingSecretsAreOneMask() {
    let redactor = Redactor(secrets: ["abcdefgh", "fghijklm", "abcdefghi", "klmnopqrst"])
    #expect(redactor.redact("-abcdefghijklmnopqrst-") == "-[REDACTED]-")
    #expect(redactor.redact("abcdefgh.abcdefghabcdefgh") == "[REDACTED].[REDACTED][REDACTED]")
    #expect(redactor.hits == 4)
    #expect(redactor.redact("abcdefg hijklm") == "abcdefg hijklm")
  }

  @Test func repeatedLettersAreHiddenWhole() {
    let redactor = Redactor(secrets: [String(repeating: "a", count: 9)])
    let text = "b" + String(repeating: "a", count: 31) + "b"
    #expect(redactor.redact(text) == "b[REDACTED]b")
    for cut in 0...text.utf8.count {
      var stream = RedactingStream(redactor)
      let pieces = [Array(text.utf8.prefix(cut)), Array(text.utf8.dropFirst(cut))]
      let output = pieces.flatMap { stream.push($0) } + stream.finish()
      #expect(String(decoding: output, as: UTF8.self) == "b[REDACTED]b")
    }
  }

  @Test func structuredSecretsAreHiddenInParts() {
    let key = "-----BEGIN PRIVATE KEY-----\nAAAABBBBCCCCDDDDEEEE\nFFFFGGGGHHHHIIIIJJJJ\n-----END PRIVATE KEY-----\n"
    let account = JSONValue.object([
      "private_key": .string(key), "private_key_id": "0123456789abcdef0123", "type": "service_account",
      "token_uri": "https://oauth2.googleapis.com/token",
    ]).text()
    let redactor = Redactor(secrets: [account])
    #expect(redactor.redact("id 0123456789abcdef0123!") == "id [REDACTED]!")
    #expect(redactor.redact("line FFFFGGGGHHHHIIIIJJJJ!") == "line [REDACTED]!")
    #expect(redactor.redact("at https://oauth2.googleapis.com/token") == "at https://oauth2.googleapis.com/token")
    #expect(redactor.redact("-----BEGIN PRIVATE KEY-----") == "-----BEGIN PRIVATE KEY-----")
    #expect(Redactor(secrets: ["  secret-value\n"]).redact("<secret-value>") == "<[REDACTED]>")
  }

  @Test func shortAndUselessSecretsAreReportedOrIgnored() {
    let redactor = Redactor(secrets: ["1234567", "true", "", "REDACTED", "[REDACTED]"])
    #expect(redactor.tooShort == 2)
    #expect(redactor.redact("true 1234567 [REDACTED] REDACTED") == "true 1234567 [REDACTED] REDACTED")
    #expect(redactor.hits == 0)
  }
}
