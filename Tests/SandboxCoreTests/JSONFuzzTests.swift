import SandboxTestKit
import SandboxCore
import Testing

@Suite struct JSONFuzzTests {
  @Test func whatIsWrittenParsesToTheSame() throws {
    var random = SeededGenerator(seed: 2024)
    for _ in 0..<2_000 {
      let value = random.json(depth: 5)
      for style in [JSONStyle.compact, .pretty, .canonical] {
        let text = value.text(style)
        #expect(try JSONValue(parsing: text) == value)
      }
      #expect(try JSONValue(parsing: value.text()).text() == value.text())
      #expect(try JSONValue.encoding(value) == value)
      #expect(value.isNumericallyEqual(to: value.numericForm))
    }
  }

  @Test func mutatedTextIsReadOrRefused() {
    var random = SeededGenerator(seed: 4202)
    var refused = 0
    for _ in 0..<2_000 {
      var bytes = random.json(depth: 4).utf8(.pretty)
      for _ in 0...random.next() % 3 {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 4 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
        case 2 where bytes.count > 1: bytes.remove(at: place)
        default: bytes = bytes.count > 1 ? Array(bytes.prefix(place + 1)) : bytes
        }
      }
      do throws(SandboxError) {
        let value = try JSONValue(parsing: bytes)
        #expect(try JSONValue(parsing: value.utf8()) == value)
      } catch {
        refused += 1
        if error.code != .invalidArgument { Issue.record("\(error)") }
      }
    }
    #expect(refused > 500)
  }
}
