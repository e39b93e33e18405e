import SandboxCore
import SandboxTestKit
import Testing

@Suite("Test kit", .timeLimit(.minutes(1)))
struct TestKitTests {
  @Test(
    "SHA-256 of FIPS 180-4",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func sha256(text: String, hash: String) { #expect(SHA256.hex(Array(text.utf8)) == hash) }

  @Test(
    "base 64",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ])
  func base64(text: String, encoded: String) {
    #expect(Base64.encode(Array(text.utf8)) == encoded)
    #expect(Base64.encodedCount(text.utf8.count) == encoded.utf8.count)
  }

  @Test("the model server answers as its script says, and counts")
  func modelServer() async throws {
    let server = ScriptedModelServer([
      .rateLimited(retryAfter: "1"), .unknownTool, .badArguments, .cutOff(.text("half", prompt: 3, completion: 4)),
      .text("done"),
    ])
    try await server.run { url in
      try await CloudFixture.withTransport { transport in
        func ask() async throws -> HTTPReply {
          let body: JSONValue = ["model": "m", "messages": [["role": "user", "content": "hi"]]]
          return try await transport.send(HTTPRequest(url: "\(url)/chat/completions", body: body.utf8()))
        }
        let limited = try await ask()
        #expect(limited.status == 429)
        #expect(RetryAfter.delay(in: limited) == .seconds(1))
        for name in ["no_such_tool", "echo"] {
          let message = try JSONValue(parsing: try await ask().body)["choices"]?[0]?["message"]
          #expect(message?["tool_calls"]?[0]?["function"]?["name"] == .string(name))
        }
        await #expect(throws: SandboxError.self) { try await ask() }
        for _ in 0..<2 {
          let reply = try JSONValue(parsing: try await ask().body)
          #expect(reply["choices"]?[0]?["message"]?["content"] == "done")
        }
      }
    }
    #expect(server.requestCount == 6)
    #expect(server.promptTokensBilled == 43)
    #expect(server.completionTokensBilled == 24)
    #expect(server.requests.first?.last("user") == "hi")
  }
}
